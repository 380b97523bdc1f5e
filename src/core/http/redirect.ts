import { ChartImagesError } from '../errors.ts';
import { redactUrl } from './redact.ts';
import { type HttpRequest, type HttpResponse, isReplayable } from './response.ts';

/** The limit of Go's client, on which other clients of registries are built. */
export const maximumRedirects = 10;

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * The request for a redirect. Undefined if the response is final. Credentials, also those in an OAuth 2.0 form, are
 * only sent to their own origin: blob stores reject them, and must not see them. Throws if the redirect is not
 * encrypted.
 */
export function nextRequest(request: HttpRequest, response: HttpResponse): HttpRequest | undefined {
  const location = response.headers['location'];
  if (!redirects.has(response.status) || location === undefined) return undefined;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // 301, 302 and 303 would turn a write into a GET (RFC 9110, 15.4), so the write would silently not happen.
  if (!isRead && (response.status < 307 || !isReplayable(request))) return undefined;
  const from = redactUrl(request.url);
  if (!URL.canParse(location, request.url.href)) {
    throw new ChartImagesError('registry-answer', `Cannot follow the redirect of ${from}: its location is not a URL.`, {
      advice: 'Ask the operator of the server, or of the proxy in front of it.',
    });
  }
  const url = new URL(location, request.url);
  if (url.protocol !== 'https:' && url.protocol !== request.url.protocol) {
    throw new ChartImagesError('registry-answer', `Cannot follow ${from} to ${redactUrl(url)}: it is not encrypted.`, {
      advice: 'Configure the server, or the proxy in front of it, to redirect to https.',
    });
  }
  if (isForm(request) && url.origin !== request.url.origin) return undefined;
  const { authorization, ...others } = request.headers ?? {};
  const { reach, ...rest } = request;
  const isOwn = url.origin === request.url.origin;
  return {
    ...rest,
    url,
    namedBy: request.namedBy ?? request.url,
    headers: authorization !== undefined && isOwn ? { ...others, authorization } : others,
    // A request to the metadata service must not be redirected to another host.
    ...(reach === undefined || (reach === 'any' && !isOwn) ? {} : { reach }),
  };
}

/** Bodies of other types are blobs and manifests, which registries may redirect. */
function isForm({ headers }: HttpRequest): boolean {
  return headers?.['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

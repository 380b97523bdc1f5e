import { ChartImagesError } from '../errors.ts';
import { redactUrl } from './redact.ts';
import { type HttpRequest, type HttpResponse, isReplayable } from './response.ts';

/** As many as Go's client follows, which the registries' other clients are built on. */
export const maximumRedirects = 10;

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * The request that follows from a redirect, or undefined when the answer is final. Credentials stay with the origin they
 * were meant for (blob stores refuse them, and must not learn them), those in a form of OAuth 2.0 too; an encrypted request never
 * becomes a plain one.
 */
export function nextRequest(request: HttpRequest, response: HttpResponse): HttpRequest | undefined {
  const location = response.headers['location'];
  if (!redirects.has(response.status) || location === undefined) return undefined;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  // 301, 302 and 303 would turn a write into a GET (RFC 9110, 15.4): what was asked for would silently not happen.
  if (!isRead && (response.status < 307 || !isReplayable(request))) return undefined;
  const from = redactUrl(request.url);
  if (!URL.canParse(location, request.url.href)) {
    throw new ChartImagesError('registry-answer', `${from} redirects to something that is not a URL.`, {
      advice: 'Ask the operator of the server, or of the proxy in front of it.',
    });
  }
  const url = new URL(location, request.url);
  if (url.protocol !== 'https:' && url.protocol !== request.url.protocol) {
    throw new ChartImagesError('registry-answer', `${from} redirects to ${redactUrl(url)}, which is not encrypted.`, {
      advice: 'The server, or the proxy in front of it, must redirect to https.',
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
    // What the run asks of its own machine leads nowhere else.
    ...(reach === undefined || (reach === 'any' && !isOwn) ? {} : { reach }),
  };
}

/** Bodies of other types are blobs and manifests, which registries do send elsewhere. */
function isForm({ headers }: HttpRequest): boolean {
  return headers?.['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

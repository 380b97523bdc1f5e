import type { TokenCredentialOptions } from '@azure/identity';
import type { HttpClient } from '../../core/http/http.ts';
import type { HttpResponse } from '../../core/http/response.ts';

type SdkHttpClient = NonNullable<TokenCredentialOptions['httpClient']>;
type Request = Parameters<SdkHttpClient['sendRequest']>[0];
type Response = Awaited<ReturnType<SdkHttpClient['sendRequest']>>;

/** Responses with tokens or metadata of a directory have a few kilobytes. */
const maximumResponseBytes = 1024 * 1024;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * Connects the SDK to the HTTP client of the run, with its proxies, certificate authorities, retries and limits. The
 * client of the SDK ignores certificate authorities if there is a proxy.
 */
export function azureHttpClient(
  http: HttpClient,
  recordError: <T>(work: () => Promise<T>) => Promise<T>,
): SdkHttpClient {
  return {
    sendRequest: (request) =>
      recordError(async () => {
        const response = await http.fetch(requestOf(request), maximumResponseBytes);
        return {
          request,
          status: response.status,
          headers: headersOf(response),
          bodyAsText: response.bytes.toString('utf8'),
        };
      }),
  };
}

function requestOf(request: Request) {
  const method = methods.find((known) => known === request.method);
  const { body } = request;
  if (method === undefined || (body !== undefined && body !== null && typeof body !== 'string')) {
    throw new Error('the SDK sent a request of an unexpected kind');
  }
  return {
    method,
    url: new URL(request.url),
    headers: request.headers.toJSON(),
    // A managed identity uses the metadata service, or the endpoint in its variables.
    reach: 'any' as const,
    ...(typeof body === 'string' ? { body } : {}),
  };
}

function headersOf({ headers }: HttpResponse): Response['headers'] {
  const values = new Map(Object.entries(headers));
  return {
    get: (name) => values.get(name.toLowerCase()),
    has: (name) => values.has(name.toLowerCase()),
    set: (name, value) => {
      values.set(name.toLowerCase(), String(value));
    },
    delete: (name) => {
      values.delete(name.toLowerCase());
    },
    toJSON: () => Object.fromEntries(values),
    [Symbol.iterator]: () => values.entries(),
  };
}

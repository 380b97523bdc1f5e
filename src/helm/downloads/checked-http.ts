import type { HttpClient } from '../../core/http/http.ts';
import type { HttpRequest } from '../../core/http/response.ts';
import type { UrlCheck } from './url-check.ts';

/**
 * The client with `admit` before every request and redirect. `close` does nothing, because the client belongs to the
 * caller.
 */
export function checkedHttp(http: HttpClient, checkUrl: UrlCheck): HttpClient {
  const checked = (request: HttpRequest): HttpRequest => ({
    ...request,
    checkUrl: async (url) => {
      await checkUrl(url);
      await request.checkUrl?.(url);
    },
  });
  return {
    stream: (request) => http.stream(checked(request)),
    fetch: (request, maximumBytes) => http.fetch(checked(request), maximumBytes),
    close: async () => {},
  };
}

import type { HttpClient } from '../../core/http/http.ts';
import type { HttpRequest } from '../../core/http/response.ts';
import type { Admission } from './admission.ts';

/**
 * The client with `admit` before every request and redirect. `close` does nothing, because the client belongs to the
 * caller.
 */
export function admittedHttp(http: HttpClient, admit: Admission): HttpClient {
  const checked = (request: HttpRequest): HttpRequest => ({
    ...request,
    admit: async (url) => {
      await admit(url);
      await request.admit?.(url);
    },
  });
  return {
    stream: (request) => http.stream(checked(request)),
    fetch: (request, maximumBytes) => http.fetch(checked(request), maximumBytes),
    close: async () => {},
  };
}

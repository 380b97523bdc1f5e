import type { HttpClient } from '../../core/http/http.ts';
import type { HttpRequest } from '../../core/http/response.ts';
import type { Admission } from './admission.ts';

/** The same client for who may ask only what `admit` lets pass, redirects included. Closing it closes nothing: it is lent. */
export function admittedHttp(http: HttpClient, admit: Admission): HttpClient {
  const held = (request: HttpRequest): HttpRequest => ({
    ...request,
    admit: async (url) => {
      await admit(url);
      await request.admit?.(url);
    },
  });
  return {
    stream: (request) => http.stream(held(request)),
    fetch: (request, maximumBytes) => http.fetch(held(request), maximumBytes),
    close: async () => {},
  };
}

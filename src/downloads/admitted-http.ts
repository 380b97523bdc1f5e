import type { HttpRequest } from '../http/answer.ts';
import type { Http } from '../http/http.ts';
import type { Admission } from './admission.ts';

/** The same client for who may ask only what `admit` lets pass, redirects included. Closing it closes nothing: it is lent. */
export function admittedHttp(http: Http, admit: Admission): Http {
  const held = (request: HttpRequest): HttpRequest => ({
    ...request,
    admit: async (url) => {
      await admit(url);
      await request.admit?.(url);
    },
  });
  return {
    send: (request) => http.send(held(request)),
    read: (request, maximumBytes) => http.read(held(request), maximumBytes),
    close: async () => {},
  };
}

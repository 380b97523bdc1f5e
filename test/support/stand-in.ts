/**
 * A server on this machine in the place of hosts that are not on it (`docker.io`), as a seam over the network: requests to them
 * go there, and answers come back under the name that was asked.
 */
import type { Answer, HttpRequest } from '../../src/http/answer.ts';
import type { Http } from '../../src/http/http.ts';

/** `server` is a URL without path; hosts are as in URLs. */
export function standIn(http: Http, hosts: readonly string[], server: string): Http {
  const there = <R extends HttpRequest>(request: R): R =>
    hosts.includes(request.url.host) ? { ...request, url: new URL(pathOf(request.url), server) } : request;
  const back = <A extends Answer>(answer: A, request: HttpRequest): A =>
    hosts.includes(request.url.host) ? { ...answer, url: new URL(pathOf(answer.url), request.url.origin) } : answer;
  return {
    ...http,
    send: async (request) => back(await http.send(there(request)), request),
    read: async (request, maximumBytes) => back(await http.read(there(request), maximumBytes), request),
  };
}

function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`;
}

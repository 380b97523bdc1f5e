/**
 * A server on this machine in the place of hosts that are not on it (`docker.io`), as a seam over the network: requests
 * to them go there, and answers come back under the name that was asked.
 */

import type { HttpClient } from '../../src/core/http/http.ts';
import type { HttpRequest, HttpResponse } from '../../src/core/http/response.ts';

/** `server` is a URL without path; hosts are as in URLs. */
export function standIn(http: HttpClient, hosts: readonly string[], server: string): HttpClient {
  const there = <R extends HttpRequest>(request: R): R =>
    // The server is on this machine, where a registry elsewhere may not lead.
    hosts.includes(request.url.host)
      ? { ...request, url: new URL(pathOf(request.url), server), namedBy: undefined }
      : request;
  const back = <A extends HttpResponse>(answer: A, request: HttpRequest): A =>
    hosts.includes(request.url.host) ? { ...answer, url: new URL(pathOf(answer.url), request.url.origin) } : answer;
  return {
    ...http,
    stream: async (request) => back(await http.stream(there(request)), request),
    fetch: async (request, maximumBytes) => back(await http.fetch(there(request), maximumBytes), request),
  };
}

function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`;
}

import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { addressesByName, isInPrivateNetwork, type ResolveHost } from '../../core/http/private-hosts.ts';
import { redactUrl } from '../../core/http/redact.ts';
import type { HttpRequest } from '../../core/http/response.ts';

export interface UrlCheckOptions {
  /** Hosts with ports from inputs of the run, not from charts. */
  readonly named: readonly string[];
  /** True for hosts to access over HTTP, including loopback addresses. */
  readonly plainHttp: (host: string) => boolean;
  readonly resolveHost?: ResolveHost | undefined;
}

/** Called before each request for a chart and before each redirect. Throws `denied`. */
export type UrlCheck = (url: URL) => Promise<void>;

/**
 * Allows HTTP only if the user does. Allows this machine, its network, and cloud metadata services only if an input
 * names the host: any other address is chosen by a Chart.yaml, an index, or a redirect.
 */
export function createUrlCheck(options: UrlCheckOptions): UrlCheck {
  const { plainHttp, resolveHost = addressesByName } = options;
  const named = new Set(options.named.flatMap((host) => hostIn(host) ?? []));
  return async (url) => {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && plainHttp(url.host))) {
      throw new ChartImagesError('denied', `${redactUrl(url)} is not encrypted.`, {
        advice: `Use https, or add ${url.host} to plain-http.`,
      });
    }
    if (named.has(url.host) || !(await isInPrivateNetwork(url, resolveHost))) return;
    throw new ChartImagesError('denied', `${url.host} is in the network of this run, and no input names it.`, {
      advice: `To allow requests, add ${url.host} to an input: charts, image-sources, target, plain-http, or registry-credentials.`,
    });
  };
}

/** Normalized, without the default port. */
function hostIn(host: string): string | undefined {
  return URL.canParse(`https://${host}`) ? new URL(`https://${host}`).host : undefined;
}

/**
 * The client with `checkUrl` before every request and redirect. `close` does nothing, because the client belongs to the
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

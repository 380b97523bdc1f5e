import type { Dispatcher } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { ChartImagesError } from '../errors.ts';
import { trustedAuthorities } from './authorities.ts';

/** Milliseconds until a connection must stand, TLS included. */
const connectTimeout = 10_000;

/** Milliseconds that an unused connection is kept; load balancers in front of registries close theirs after a minute. */
const keepAlive = 30_000;

export interface DispatcherOptions {
  /** PEM file with certificate authorities to trust besides Node's own. */
  readonly caFile?: string | undefined;
  /** Where the proxy variables are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The one dispatcher of a run: kept connections, proxies and trust. The number of connections is bounded by its users. */
export async function createDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const { environment } = options;
  const ca = options.caFile === undefined ? undefined : await trustedAuthorities(options.caFile, environment);
  const tls = { timeout: connectTimeout, ...(ca === undefined ? {} : { ca: [...ca] }) };
  const httpProxy = proxyFrom(environment, 'http_proxy');
  const httpsProxy = proxyFrom(environment, 'https_proxy');
  const direct = { connect: tls, keepAliveTimeout: keepAlive };
  if (httpProxy === '' && httpsProxy === '') return new Agent(direct);
  const { EnvHttpProxyAgent } = await import('undici');
  return new EnvHttpProxyAgent({
    ...direct,
    requestTls: tls,
    proxyTls: tls,
    // Proxies commonly allow tunnels only to port 443; plain HTTP goes through them as it always did.
    proxyTunnel: false,
    httpProxy,
    httpsProxy,
    noProxy: exceptions(variable(environment, 'no_proxy')),
  });
}

function variable(environment: DispatcherOptions['environment'], name: string): string {
  return environment[name] ?? environment[name.toUpperCase()] ?? '';
}

const proxyProtocols = new Set(['http:', 'https:', 'socks5:']);

/** An empty text means no proxy; undici would look at the process's own variables for an undefined one. */
function proxyFrom(environment: DispatcherOptions['environment'], name: string): string {
  const value = variable(environment, name).trim();
  if (value === '') return '';
  // curl and Go take `host:port` too.
  const url = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(url) && proxyProtocols.has(new URL(url).protocol)) return url;
  throw new ChartImagesError('invalid-input', `${name.toUpperCase()} is not the URL of a proxy.`, {
    advice: 'Write it as http://host:port.',
  });
}

/** A cloud's metadata service answers for the very machine that asks, so no proxy can stand between. */
const metadataService = '169.254.169.254';

/** Loopback never goes through a proxy, as with Go's client, which helm and docker use. */
function exceptions(noProxy: string): string {
  return noProxy.trim() === '*' ? '*' : `localhost,127.0.0.1,[::1],${metadataService},${noProxy}`;
}

import type { Dispatcher } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { ChartImagesError } from '../errors.ts';
import { loadTrustedCertificates } from './certificate-authorities.ts';
import { guardedLookup, type LookUp, type Reach } from './reach.ts';

/** Milliseconds until a connection must stand, TLS included. */
const connectTimeout = 10_000;

/** Milliseconds that an unused connection is kept; load balancers in front of registries close theirs after a minute. */
const keepAlive = 30_000;

export interface DispatcherOptions {
  readonly lookUp: LookUp;
  /** PEM file with certificate authorities to trust besides Node's own. */
  readonly caFile?: string | undefined;
  /** Where the proxy variables are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Kept connections, proxies and trust of a run. The number of connections is bounded by its users. */
export interface Dispatchers {
  /** Each reach has connections of its own: one that was made for a request that may go further is not used by others. */
  towards(reach: Reach): Dispatcher;
  /** Ends everything in flight, and whatever is asked from now on. */
  destroy(error?: Error): Promise<void>;
}

export async function createDispatchers(options: DispatcherOptions): Promise<Dispatchers> {
  const make = await dispatcherMaker(options);
  const made = new Map<Reach, Dispatcher>();
  let isOver = false;
  return {
    towards(reach) {
      const dispatcher = made.get(reach) ?? make(reach);
      if (isOver && !made.has(reach)) dispatcher.destroy().catch(() => {});
      made.set(reach, dispatcher);
      return dispatcher;
    },
    async destroy(error) {
      isOver = true;
      await Promise.all([...made.values()].map((dispatcher) => dispatcher.destroy(error ?? null)));
    },
  };
}

async function dispatcherMaker(options: DispatcherOptions): Promise<(reach: Reach) => Dispatcher> {
  const { environment } = options;
  const ca = options.caFile === undefined ? undefined : await loadTrustedCertificates(options.caFile, environment);
  const tls = { timeout: connectTimeout, ...(ca === undefined ? {} : { ca: [...ca] }) };
  const httpProxy = proxyFrom(environment, 'http_proxy');
  const httpsProxy = proxyFrom(environment, 'https_proxy');
  const direct = (reach: Reach) => ({
    connect: { ...tls, lookup: guardedLookup(reach, options.lookUp) },
    keepAliveTimeout: keepAlive,
  });
  if (httpProxy === '' && httpsProxy === '') return (reach) => new Agent(direct(reach));
  const { EnvHttpProxyAgent } = await import('undici');
  return (reach) =>
    new EnvHttpProxyAgent({
      ...direct(reach),
      // The user chose the proxy, wherever it is.
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

import type { Dispatcher } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { ChartImagesError } from '../errors.ts';
import { loadTrustedCertificates } from './certificate-authorities.ts';
import { finishPausedParsers } from './finish-paused-parsers.ts';
import { parseNoProxy } from './proxy-exceptions.ts';
import { guardedLookup, type LookUp, type Reach } from './reach.ts';

/** Milliseconds to establish a connection, including TLS. */
const connectTimeout = 10_000;

/** Milliseconds that an idle connection is kept. Load balancers of registries close it after a minute. */
const keepAlive = 30_000;

/** Bytes of the headers of a response. Registries of clouds send long policies, and Node's limit is 16 KiB. */
const maximumHeaderBytes = 256 * 1024;

export interface DispatcherOptions {
  readonly lookUp: LookUp;
  /** PEM file with certificate authorities to trust in addition to Node's own. */
  readonly caFile?: string | undefined;
  /** With the proxy variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The connections of a run, with its proxies and certificates. Callers limit the number of connections. */
export interface Dispatchers {
  /**
   * Connections are separate for each reach: a request never reuses a connection to an address that it must not
   * access.
   */
  forRequest(url: URL, reach: Reach): Dispatcher;
  /** Aborts all requests, also later ones. */
  destroy(error?: Error): Promise<void>;
}

export async function createDispatchers(options: DispatcherOptions): Promise<Dispatchers> {
  finishPausedParsers();
  const routeOf = await createRoutes(options);
  const dispatchers = new Map<string, Dispatcher>();
  let isDestroyed = false;
  return {
    forRequest(url, reach) {
      const route = routeOf(url);
      const key = `${route.name} ${reach}`;
      const dispatcher = dispatchers.get(key) ?? route.create(reach);
      if (isDestroyed && !dispatchers.has(key)) dispatcher.destroy().catch(() => {});
      dispatchers.set(key, dispatcher);
      return dispatcher;
    },
    async destroy(error) {
      isDestroyed = true;
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy(error ?? null)));
    },
  };
}

/** A way to a server: direct, or through a proxy. */
interface Route {
  readonly name: string;
  create(reach: Reach): Dispatcher;
}

async function createRoutes(options: DispatcherOptions): Promise<(url: URL) => Route> {
  const { environment } = options;
  const ca = options.caFile === undefined ? undefined : await loadTrustedCertificates(options.caFile, environment);
  const tls = { timeout: connectTimeout, ...(ca === undefined ? {} : { ca: [...ca] }) };
  const httpProxy = proxyFrom(environment, 'http_proxy');
  const httpsProxy = proxyFrom(environment, 'https_proxy');
  const agentOptions = (reach: Reach) => ({
    connect: { ...tls, lookup: guardedLookup(reach, options.lookUp) },
    keepAliveTimeout: keepAlive,
    maxHeaderSize: maximumHeaderBytes,
  });
  const direct: Route = { name: 'direct', create: (reach) => new Agent(agentOptions(reach)) };
  if (httpProxy === '' && httpsProxy === '') return () => direct;
  const { ProxyAgent } = await import('./proxy-agent.ts');
  const through = (uri: string): Route => ({
    name: uri,
    create: (reach) =>
      new ProxyAgent({
        ...agentOptions(reach),
        uri,
        // The user configured the proxy, so its address is not checked.
        requestTls: tls,
        proxyTls: tls,
        // Most proxies allow tunnels only to port 443. They forward plain HTTP requests themselves.
        proxyTunnel: false,
      }),
  });
  const isException = parseNoProxy(variable(environment, 'no_proxy'));
  const plain = httpProxy === '' ? direct : through(httpProxy);
  const secure = httpsProxy === '' ? plain : through(httpsProxy);
  return (url) => {
    if (isException(url)) return direct;
    return url.protocol === 'https:' ? secure : plain;
  };
}

function variable(environment: DispatcherOptions['environment'], name: string): string {
  return environment[name] ?? environment[name.toUpperCase()] ?? '';
}

const proxyProtocols = new Set(['http:', 'https:', 'socks5:']);

/** Empty if there is no proxy: with undefined, undici reads the variables of the process. */
function proxyFrom(environment: DispatcherOptions['environment'], name: string): string {
  const value = variable(environment, name).trim();
  if (value === '') return '';
  // curl and Go accept `host:port` too.
  const url = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(url) && proxyProtocols.has(new URL(url).protocol)) return url;
  throw new ChartImagesError('invalid-input', `Cannot use ${name.toUpperCase()}: it is not the URL of a proxy.`, {
    advice: 'Set it to http://host:port.',
  });
}

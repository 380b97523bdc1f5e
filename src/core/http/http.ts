import { setMaxListeners } from 'node:events';
import { cancelledError } from '../errors.ts';
import type { Log } from '../log.ts';
import { discardBody } from './body.ts';
import { type Deadlines, defaultDeadlines } from './deadlines.ts';
import { createDispatchers } from './dispatcher.ts';
import { type Exchange, fetchBuffered, fetchStreaming } from './exchange.ts';
import { type LookUp, lookUpByName } from './reach.ts';
import type { BufferedResponse, HttpRequest, StreamingResponse } from './response.ts';
import { type RetryOptions, retry } from './retry.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry-policy.ts';
import { createSlowHosts } from './slow-hosts.ts';

export interface HttpOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** PEM file with certificate authorities to trust in addition to Node's own. */
  readonly caFile?: string | undefined;
  /** With HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Default: the variables of the process. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>> | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
  readonly deadlines?: Deadlines | undefined;
  /** Default: the resolver of the system. */
  readonly lookUp?: LookUp | undefined;
}

/**
 * The HTTP client of a run. Follows redirects and retries replayable requests. Returns responses of any status. Throws
 * `network`, `tls`, `timeout` or `cancelled` if there is no response, and `registry-answer` for forbidden redirects.
 */
export interface HttpClient {
  /** The caller must read the body or pass it to `discardBody`. Its errors are ChartImagesError. */
  stream(request: HttpRequest): Promise<StreamingResponse>;
  /** Reads the body too, and retries if it ends early. Throws `registry-answer` for more than `maximumBytes`. */
  fetch(request: HttpRequest, maximumBytes: number): Promise<BufferedResponse>;
  /** Closes all connections, so that nothing keeps the process alive. */
  close(): Promise<void>;
}

export async function createHttpClient(options: HttpOptions): Promise<HttpClient> {
  const {
    log,
    signal,
    retryPolicy = defaultRetryPolicy,
    deadlines = defaultDeadlines,
    lookUp = lookUpByName,
  } = options;
  // Every pause between retries listens to the signal of the run. Node 20 warns about more than ten listeners.
  setMaxListeners(0, signal);
  const dispatchers = await createDispatchers({
    caFile: options.caFile,
    lookUp,
    environment: options.proxyEnv ?? process.env,
  });
  // One listener for all requests: destroying the dispatchers aborts them and rejects later ones.
  const stop = (): void => void dispatchers.destroy(cancelledError()).catch(() => {});
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  // Pauses end with the client too: a request that is no longer awaited must not delay the end of the run.
  const closing = new AbortController();
  const ended = AbortSignal.any([signal, closing.signal]);
  setMaxListeners(0, ended);
  const retrying: RetryOptions = { log, signal: ended, retryPolicy };
  const exchange: Exchange = { dispatchers, lookUp, deadlines, slowHosts: createSlowHosts(), signal };
  return {
    stream: (request) => retry(request, retrying, () => fetchStreaming(exchange, request), discardBody),
    fetch: (request, maximumBytes) =>
      retry(
        request,
        retrying,
        () => fetchBuffered(exchange, request, maximumBytes),
        () => {},
      ),
    async close() {
      signal.removeEventListener('abort', stop);
      closing.abort();
      await dispatchers.destroy();
    },
  };
}

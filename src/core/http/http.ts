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
  /** PEM file with certificate authorities to trust besides Node's own. */
  readonly caFile?: string | undefined;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up; the process's own variables where it is not given. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>> | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
  readonly deadlines?: Deadlines | undefined;
  /** Where names are looked up; by the system where it is not given. */
  readonly lookUp?: LookUp | undefined;
}

/**
 * The one HTTP client of a run. Both verbs follow redirects, and retry what may pass where the request can be sent again.
 * Any status is an answer; they throw for requests that got none (`network`, `tls`, `timeout`, `cancelled`) and for
 * redirects that must not be followed (`registry-answer`).
 */
export interface HttpClient {
  /** The body is still to be read, or to be given up by `discard`; its errors are ChartImagesAggregateError. */
  stream(request: HttpRequest): Promise<StreamingResponse>;
  /** Reads the body too, and tries again when it breaks off. More than `maximumBytes` is `registry-answer`. */
  fetch(request: HttpRequest, maximumBytes: number): Promise<BufferedResponse>;
  /** Gives up whatever is still open, so that nothing keeps the process alive. */
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
  // Every pause between two tries listens to the one signal of the run; Node 20 warns from the eleventh on.
  setMaxListeners(0, signal);
  const dispatchers = await createDispatchers({
    caFile: options.caFile,
    lookUp,
    environment: options.proxyEnv ?? process.env,
  });
  // One ear for all requests: those in flight end with their connections, and nothing can be asked any more.
  const stop = (): void => void dispatchers.destroy(cancelledError()).catch(() => {});
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  // Pauses end with the client too: a request that is no longer awaited must not hold up the end of the run.
  const closing = new AbortController();
  const over = AbortSignal.any([signal, closing.signal]);
  setMaxListeners(0, over);
  const retrying: RetryOptions = { log, signal: over, retryPolicy: retryPolicy };
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

import { setMaxListeners } from 'node:events';
import { cancelled } from '../errors.ts';
import type { Log } from '../log.ts';
import type { HttpRequest, OpenAnswer, WholeAnswer } from './answer.ts';
import { discard } from './body.ts';
import { type Deadlines, defaultDeadlines } from './deadlines.ts';
import { createDispatchers } from './dispatcher.ts';
import { type Exchange, open, readWhole } from './exchange.ts';
import { defaultPatience, type Patience } from './patience.ts';
import { type LookUp, lookUpByName } from './reach.ts';
import { type RetryOptions, retry } from './retry.ts';
import { createSlowHosts } from './slow-hosts.ts';

export interface HttpOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** PEM file with certificate authorities to trust besides Node's own. */
  readonly caFile?: string | undefined;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up; the process's own variables where it is not given. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>> | undefined;
  readonly patience?: Patience | undefined;
  readonly deadlines?: Deadlines | undefined;
  /** Where names are looked up; by the system where it is not given. */
  readonly lookUp?: LookUp | undefined;
}

/**
 * The one HTTP client of a run. Both verbs follow redirects, and retry what may pass where the request can be sent again.
 * Any status is an answer; they throw for requests that got none (`network`, `tls`, `timeout`, `cancelled`) and for
 * redirects that must not be followed (`registry-answer`).
 */
export interface Http {
  /** The body is still to be read, or to be given up by `discard`; its errors are ChartImagesErrors. */
  send(request: HttpRequest): Promise<OpenAnswer>;
  /** Reads the body too, and tries again when it breaks off. More than `maximumBytes` is `registry-answer`. */
  read(request: HttpRequest, maximumBytes: number): Promise<WholeAnswer>;
  /** Gives up whatever is still open, so that nothing keeps the process alive. */
  close(): Promise<void>;
}

export async function createHttp(options: HttpOptions): Promise<Http> {
  const { log, signal, patience = defaultPatience, deadlines = defaultDeadlines, lookUp = lookUpByName } = options;
  // Every pause between two tries listens to the one signal of the run; Node 20 warns from the eleventh on.
  setMaxListeners(0, signal);
  const dispatchers = await createDispatchers({
    caFile: options.caFile,
    lookUp,
    environment: options.proxyEnv ?? process.env,
  });
  // One ear for all requests: those in flight end with their connections, and nothing can be asked any more.
  const stop = (): void => void dispatchers.destroy(cancelled()).catch(() => {});
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  // Pauses end with the client too: a request that nobody waits for any more must not hold up the end of the run.
  const closing = new AbortController();
  const over = AbortSignal.any([signal, closing.signal]);
  setMaxListeners(0, over);
  const retrying: RetryOptions = { log, signal: over, patience };
  const exchange: Exchange = { dispatchers, lookUp, deadlines, slowHosts: createSlowHosts(), signal };
  return {
    send: (request) => retry(request, retrying, () => open(exchange, request), discard),
    read: (request, maximumBytes) =>
      retry(
        request,
        retrying,
        () => readWhole(exchange, request, maximumBytes),
        () => {},
      ),
    async close() {
      signal.removeEventListener('abort', stop);
      closing.abort();
      await dispatchers.destroy();
    },
  };
}

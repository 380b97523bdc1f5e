import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Log } from '../log.ts';
import type { HttpRequest, OpenAnswer, WholeAnswer } from './answer.ts';
import { bodyStream, discard, readBounded, readErrorText } from './body.ts';
import { createDispatcher } from './dispatcher.ts';
import { exchange } from './exchange.ts';
import { defaultPatience, type Patience } from './patience.ts';
import { type RetryOptions, retry } from './retry.ts';

export interface HttpOptions {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** PEM file with certificate authorities to trust besides Node's own. */
  readonly caFile?: string | undefined;
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up; the process's own variables where it is not given. */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>> | undefined;
  readonly patience?: Patience | undefined;
}

/**
 * The one HTTP client of a run. Both verbs follow redirects, and retry what may pass where the request can be sent again.
 * Any status is an answer; they throw for requests that got none (`network`, `tls`, `timeout`, `cancelled`) and for
 * redirects that must not be followed (`registry-answer`).
 */
export interface Http {
  /** The body is still to be read: `stream` or `discard` it. */
  send(request: HttpRequest): Promise<OpenAnswer>;
  /** Reads the body too, and tries again when it breaks off. More than `maximumBytes` is `registry-answer`. */
  read(request: HttpRequest, maximumBytes: number): Promise<WholeAnswer>;
  /** The body of an answer as a stream whose errors are ChartImagesErrors. */
  stream(answer: OpenAnswer): Readable;
  /** Gives up whatever is still open, so that nothing keeps the process alive. */
  close(): Promise<void>;
}

export async function createHttp(options: HttpOptions): Promise<Http> {
  const { log, signal, patience = defaultPatience } = options;
  // Every request in flight listens to the one signal of the run; Node 20 warns from the eleventh on.
  setMaxListeners(0, signal);
  const dispatcher = await createDispatcher({ caFile: options.caFile, environment: options.proxyEnv ?? process.env });
  const retrying: RetryOptions = { log, signal, patience };
  return {
    send: (request) => retry(request, retrying, () => exchange(dispatcher, request, signal), discard),
    read: (request, maximumBytes) =>
      retry(
        request,
        retrying,
        () => readWhole(dispatcher, request, signal, maximumBytes),
        () => {},
      ),
    stream: (answer) => bodyStream(answer, signal),
    close: () => dispatcher.destroy(),
  };
}

async function readWhole(
  dispatcher: Dispatcher,
  request: HttpRequest,
  signal: AbortSignal,
  maximumBytes: number,
): Promise<WholeAnswer> {
  const answer = await exchange(dispatcher, request, signal);
  const { status, headers, url } = answer;
  const bytes = status >= 400 ? await readErrorText(answer) : await readBounded(answer, maximumBytes);
  return { status, headers, url, bytes };
}

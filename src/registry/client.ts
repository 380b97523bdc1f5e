import { finished } from 'node:stream/promises';
import { ChartImagesError } from '../errors.ts';
import { type Answer, type HttpRequest, isReplayable, type OpenAnswer, type WholeAnswer } from '../http/answer.ts';
import { discard } from '../http/body.ts';
import { redactUrl } from '../http/redact.ts';
import type { Limit } from '../limit.ts';
import { createAdaptiveLimit } from './adaptive-limit.ts';
import { type Grant, noGrant } from './authorization.ts';
import { challengesOf } from './challenge.ts';
import { createDoor, type Door, type DoorOptions } from './door.ts';
import { answerTo, during } from './refusal.ts';

export interface ClientOptions extends DoorOptions {
  /** Requests in flight, reads and writes apart. */
  readonly concurrency: number;
}

export interface RegistryRequest {
  readonly method: HttpRequest['method'];
  /** A path of the API, or a URL that the registry gave. */
  readonly target: string | URL;
  readonly repository: string;
  readonly access: 'pull' | 'pull,push';
  /** What a token is asked for, where it is not the access to the repository. */
  readonly scope?: string;
  readonly headers?: HttpRequest['headers'];
  readonly body?: Exclude<HttpRequest['body'], undefined>;
  /** What is being done, as it completes "Could not …". */
  readonly operation: string;
}

/** An answer of any status, and on whose behalf it was asked for. */
export interface Reply<A extends Answer> {
  readonly answer: A;
  readonly as: Grant['as'];
  /** `stranger`: the host says that it does not speak the registries' API, so that it can not tell absence either. */
  readonly at: Door['speaks'];
}

/** Requests to one registry with its authorization. Both verbs throw only where there is no answer. */
export interface RegistryClient {
  readonly host: string;
  /** Finds the way in before the first request wants it. What goes wrong is told to that request, which tries again. */
  greet(): void;
  read(request: RegistryRequest, maximumBytes: number): Promise<Reply<WholeAnswer>>;
  /** The body counts as a request in flight until it has been read or destroyed; its errors are ChartImagesErrors. */
  open(request: RegistryRequest): Promise<Reply<OpenAnswer>>;
}

export function createClient(options: ClientOptions): RegistryClient {
  const { host, http, concurrency } = options;
  // Reading and writing are bounded apart: a copy within one registry holds a read open while it waits for its write, and
  // for whatever it has to ask of the registry it writes to.
  const reads = createAdaptiveLimit(concurrency);
  const writes = createAdaptiveLimit(concurrency);
  const door = createDoor(options);

  const ask = async <A extends Answer>(
    request: RegistryRequest,
    exchange: (request: HttpRequest) => Promise<A>,
    giveUp: (answer: A) => void,
  ): Promise<Reply<A>> => {
    const { address, authorization, speaks: at } = await door();
    const url = new URL(request.target, address);
    if (url.protocol !== address.protocol && url.protocol !== 'https:') throw leavesEncryption(host, url);
    const scope = request.scope ?? `repository:${request.repository}:${request.access}`;
    const access = { repository: request.repository || undefined, scope };
    // A URL that the registry gave may be another server's, which must not learn the credential.
    const grant = url.origin === address.origin ? await authorization.grant(access) : noGrant;
    const answer = await exchange(requestWith(request, url, address, grant));
    const refused = answer.status === 401 && answer.url.origin === address.origin && isReplayable(request);
    const better = refused ? await authorization.renew(access, grant, challengesOf(answer)) : undefined;
    if (better === undefined) return { answer: answerTo(answer, grant.whose), as: grant.as, at };
    giveUp(answer);
    const second = await exchange(requestWith(request, url, address, better));
    return { answer: answerTo(second, better.whose), as: better.as, at };
  };

  return {
    host,
    // Whoever asks next is told.
    greet: () => void door().catch(() => {}),
    async read(request, maximumBytes) {
      const limit = request.access === 'pull' ? reads : writes;
      return await told(request, async () => {
        // Before taking a place: all requests to a registry that is down wait for one knock, not for one each.
        await door();
        return await limit.run(() =>
          ask(
            request,
            (asked) => http.read({ ...asked, onThrottled: limit.slowDown }, maximumBytes),
            () => {},
          ),
        );
      });
    },
    async open(request) {
      return await told(request, async () => {
        await door();
        return await whileOpen(reads.run, () =>
          ask(request, (asked) => http.send({ ...asked, onThrottled: reads.slowDown }), discard),
        );
      });
    },
  };
}

/** `address` is the registry's own; a URL on another host is one that it named. */
function requestWith(request: RegistryRequest, url: URL, address: URL, grant: Grant): HttpRequest {
  const { method, headers, body } = request;
  const authorization = grant.header === undefined ? {} : { authorization: grant.header };
  const all = { ...headers, ...authorization };
  return { method, url, namedBy: address, headers: all, ...(body === undefined ? {} : { body }) };
}

async function told<T>(request: RegistryRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ChartImagesError ? during(request.operation, error) : error;
  }
}

/** Holds a place until the body of the reply has ended, while the reply itself is handed out at once. */
async function whileOpen<R extends Reply<OpenAnswer>>(limit: Limit, work: () => Promise<R>): Promise<R> {
  return await new Promise((resolve, reject) => {
    void limit(async () => {
      const reply = await work();
      resolve(reply);
      // Whoever reads the body is told; here it only counts that it is over.
      await finished(reply.answer.body).catch(() => {});
    }).catch(reject);
  });
}

function leavesEncryption(host: string, url: URL): ChartImagesError {
  return new ChartImagesError('registry-answer', `${host} goes on at ${redactUrl(url)}, which is not encrypted.`, {
    advice: 'The registry, or the proxy in front of it, must give https URLs (X-Forwarded-Proto).',
  });
}

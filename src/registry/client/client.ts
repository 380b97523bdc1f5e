import { finished } from 'node:stream/promises';
import type { ConcurrencyLimit } from '../../core/concurrency-limit.ts';
import { ChartImagesError } from '../../core/errors.ts';
import { discardBody } from '../../core/http/body.ts';
import { redactUrl } from '../../core/http/redact.ts';
import {
  type BufferedResponse,
  type HttpRequest,
  type HttpResponse,
  isReplayable,
  type StreamingResponse,
} from '../../core/http/response.ts';
import { createAdaptiveLimit } from './adaptive-limit.ts';
import { type Authorization, anonymous } from './authorization.ts';
import { challengesIn } from './challenge.ts';
import { createEndpoint, type PingOptions, type RegistryEndpoint } from './ping.ts';
import { withIdentity, withOperation } from './registry-error.ts';

export interface ClientOptions extends PingOptions {
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
export interface RegistryResponse<A extends HttpResponse> {
  readonly response: A;
  readonly as: Authorization['as'];
  /** `stranger`: the host says that it does not speak the registries' API, so that it cannot tell absence either. */
  readonly at: RegistryEndpoint['speaks'];
}

/** Requests to one registry with its authorization. Both verbs throw only where there is no answer. */
export interface RegistryClient {
  readonly host: string;
  /** Finds the way in before the first request wants it. An error is reported to that request, which tries again. */
  warmUp(): void;
  read(request: RegistryRequest, maximumBytes: number): Promise<RegistryResponse<BufferedResponse>>;
  /** The body counts as a request in flight until it has been read or destroyed; its errors are ChartImagesAggregateError. */
  open(request: RegistryRequest): Promise<RegistryResponse<StreamingResponse>>;
}

export function createClient(options: ClientOptions): RegistryClient {
  const { host, http, concurrency } = options;
  // Reading and writing are bounded apart: a copy within one registry holds a read open while it waits for its write, and
  // for whatever it has to ask of the registry it writes to.
  const reads = createAdaptiveLimit(concurrency);
  const writes = createAdaptiveLimit(concurrency);
  const endpoint = createEndpoint(options);

  const ask = async <A extends HttpResponse>(
    request: RegistryRequest,
    exchange: (request: HttpRequest) => Promise<A>,
    giveUp: (answer: A) => void,
  ): Promise<RegistryResponse<A>> => {
    const { address, authorization, speaks: at } = await endpoint();
    const url = new URL(request.target, address);
    if (url.protocol !== address.protocol && url.protocol !== 'https:') throw insecureRedirectError(host, url);
    const scope = request.scope ?? `repository:${request.repository}:${request.access}`;
    const access = { repository: request.repository || undefined, scope };
    // A URL that the registry gave may be another server's, which must not learn the credential.
    const grant = url.origin === address.origin ? await authorization.authorize(access) : anonymous;
    const response = await exchange(requestWith(request, url, address, grant));
    const refused = response.status === 401 && response.url.origin === address.origin && isReplayable(request);
    const better = refused ? await authorization.reauthorize(access, grant, challengesIn(response)) : undefined;
    if (better === undefined) return { response: withIdentity(response, grant.identity), as: grant.as, at };
    giveUp(response);
    const second = await exchange(requestWith(request, url, address, better));
    return { response: withIdentity(second, better.identity), as: better.as, at };
  };

  return {
    host,
    // The next request gets the error.
    warmUp: () => void endpoint().catch(() => {}),
    async read(request, maximumBytes) {
      const limit = request.access === 'pull' ? reads : writes;
      return await attributeErrors(request, async () => {
        // Before taking a place: all requests to a registry that is down wait for one knock, not for one each.
        await endpoint();
        return await limit.run(() =>
          ask(
            request,
            (asked) => http.fetch({ ...asked, onThrottled: limit.onThrottled }, maximumBytes),
            () => {},
          ),
        );
      });
    },
    async open(request) {
      return await attributeErrors(request, async () => {
        await endpoint();
        return await holdWhileStreaming(reads.run, () =>
          ask(request, (asked) => http.stream({ ...asked, onThrottled: reads.onThrottled }), discardBody),
        );
      });
    },
  };
}

/** `address` is the registry's own; a URL on another host is one that it named. */
function requestWith(request: RegistryRequest, url: URL, address: URL, grant: Authorization): HttpRequest {
  const { method, headers, body } = request;
  const authorization = grant.header === undefined ? {} : { authorization: grant.header };
  const all = { ...headers, ...authorization };
  return { method, url, namedBy: address, headers: all, ...(body === undefined ? {} : { body }) };
}

async function attributeErrors<T>(request: RegistryRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ChartImagesError ? withOperation(request.operation, error) : error;
  }
}

/** Holds a place until the body of the reply has ended, while the reply itself is handed out at once. */
async function holdWhileStreaming<R extends RegistryResponse<StreamingResponse>>(
  limit: ConcurrencyLimit,
  work: () => Promise<R>,
): Promise<R> {
  return await new Promise((resolve, reject) => {
    void limit(async () => {
      const reply = await work();
      resolve(reply);
      // The reader of the body gets the error; here only its end matters.
      await finished(reply.response.body).catch(() => {});
    }).catch(reject);
  });
}

function insecureRedirectError(host: string, url: URL): ChartImagesError {
  return new ChartImagesError('registry-answer', `${host} goes on at ${redactUrl(url)}, which is not encrypted.`, {
    advice: 'The registry, or the proxy in front of it, must give https URLs (X-Forwarded-Proto).',
  });
}

import type { Readable } from 'node:stream';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream can be sent only once, so such a request is neither retried nor redirected. */
  readonly body?: string | Uint8Array | Readable;
  /** The server whose response contained this URL, which restricts its addresses (`reach.ts`). Undefined for inputs. */
  readonly namedBy?: URL;
  /** Which addresses it may access, if that doesn't follow from `namedBy`. */
  readonly reach?: 'any' | 'public';
  /**
   * Milliseconds before the first attempt, after a response with Retry-After to a request that could not be retried.
   */
  readonly delay?: number;
  /** `upload`: the server may take as long for its response as for the response to a streamed upload. */
  readonly responseTime?: 'upload';
  /** Called before the request and before each redirect. Its error ends the request. */
  readonly checkUrl?: (url: URL) => Promise<void>;
  /** Called for each throttled response, before the request is retried. */
  readonly onThrottled?: () => void;
}

/** A response of any status. Callers interpret the status. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. The values of a repeated header are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** After redirects. */
  readonly url: URL;
  /** A redirect led to another server, which did not get the credential of the request. */
  readonly credential?: 'dropped';
  /** The identity of the request, for messages. Set by callers with credentials. */
  readonly identity?: string;
}

/** The caller must read the body or pass it to `discardBody`. Otherwise its connection is lost. */
export interface StreamingResponse extends HttpResponse {
  readonly body: Readable;
}

export interface BufferedResponse extends HttpResponse {
  /** Complete if the status is below 300. Otherwise truncated. */
  readonly bytes: Buffer;
}

export function isReplayable({ body }: Pick<HttpRequest, 'body'>): boolean {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array;
}

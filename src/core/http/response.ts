import type { Readable } from 'node:stream';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream can be sent only once: such a request is neither retried nor redirected. */
  readonly body?: string | Uint8Array | Readable;
  /** The server that named this URL, where the run was not given it: it then may lead to fewer places (`reach.ts`). */
  readonly namedBy?: URL;
  /** Which addresses it may lead to, where that does not follow from who named the URL. */
  readonly reach?: 'any' | 'public';
  /** Asked before the request and before each redirect that it follows; what it throws ends the request. */
  readonly admit?: (url: URL) => Promise<void>;
  /** Called each time that the server asks to slow down, before the request is tried again. */
  readonly onThrottled?: () => void;
}

/** Status and headers of an answer; any status is an answer, callers decide what it means. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; a header that came several times is joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** Who the request showed itself as, for messages; put in by who knows. */
  readonly whose?: string;
}

/** An answer whose body is still to be read: consume it, or `discard` it, else its connection is lost. */
export interface StreamingResponse extends HttpResponse {
  readonly body: Readable;
}

export interface BufferedResponse extends HttpResponse {
  /** The whole body; only its beginning when the status is 400 or more. */
  readonly bytes: Buffer;
}

export function isReplayable({ body }: Pick<HttpRequest, 'body'>): boolean {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array;
}

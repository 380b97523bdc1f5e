/** One request to the stand-in and its answer, and what a test can ask of all of them. */

export interface Exchange {
  readonly method: string;
  /** Without port: `contoso.azurecr.io`. */
  readonly host: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | Buffer | object;
}

/** What a part of the stand-in answers; undefined: the host is not one of its. */
export type Part = (exchange: Exchange) => Promise<Reply | undefined>;

export interface Recorded extends Exchange {
  readonly status: number;
  /** Bytes of the answer's body. */
  readonly answered: number;
}

/** `GET contoso.azurecr.io/v2/a/manifests/1`, with the query left out. */
export function lineOf({ method, host, url }: Exchange): string {
  return `${method} ${host}${url.pathname}`;
}

/** Bytes of blobs that went through the runner, up or down. */
export function layerBytes(recorded: readonly Recorded[]): number {
  return recorded.reduce((sum, { method, url, host, body, answered, status }) => {
    const down = method === 'GET' && status === 200 && (host.includes('.blob.') || url.pathname.includes('/blobs/sha'));
    const up = (method === 'PUT' || method === 'PATCH') && url.pathname.includes('/blobs/uploads/');
    return sum + (down ? answered : 0) + (up ? body.length : 0);
  }, 0);
}

export function json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, body };
}

export function bearerOf(exchange: Exchange): string | undefined {
  return /^Bearer (.+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1];
}

export function basicOf(exchange: Exchange): { readonly username: string; readonly password: string } | undefined {
  const encoded = /^Basic (.+)$/i.exec(exchange.headers['authorization'] ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

export function formOf(exchange: Exchange): URLSearchParams {
  return new URLSearchParams(exchange.body.toString());
}

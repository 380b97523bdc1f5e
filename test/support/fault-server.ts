/**
 * A loopback server that answers as a test tells it to: statuses, pauses, cut connections, redirects. Keeps what it
 * saw.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Reply =
  | { readonly status: number; readonly headers?: Record<string, string | string[]>; readonly body?: string | Buffer }
  /** The connection ends without an answer. */
  | 'hang-up'
  /** No answer ever; the connection stays. */
  | 'silence'
  /** The first half of the body arrives, then the connection ends. */
  | { readonly halfOf: Buffer; readonly headers?: Record<string, string> }
  /** A body without end; over when the client gives it up. */
  | { readonly endless: number; readonly headers?: Record<string, string> };

export interface FaultServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** With scheme, without trailing slash. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** How many endless bodies the client gave up. */
  abandoned(): number;
  stop(): Promise<void>;
}

export interface FaultServerOptions {
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer };
}

/** `answer` gets each request, and the number of requests before it. */
export async function startFaultServer(
  answer: (request: SeenRequest, count: number) => Reply | Promise<Reply>,
  options: FaultServerOptions = {},
): Promise<FaultServer> {
  const requests: SeenRequest[] = [];
  let abandoned = 0;
  const countAbandoned = () => {
    abandoned += 1;
  };
  const listener: RequestListener = (request, response) => {
    void (async () => {
      const seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: await buffer(request).catch(() => Buffer.alloc(0)),
      };
      requests.push(seen);
      give(await answer(seen, requests.length - 1), response, countAbandoned);
    })();
  };
  const server = options.tls
    ? createTlsServer({ cert: options.tls.certificate, key: options.tls.key }, listener)
    : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address of this form.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `${options.tls ? 'https' : 'http'}://${host}`,
    requests,
    abandoned: () => abandoned,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Gives the replies in order, the last one again and again. */
export function inOrder(...replies: readonly [Reply, ...Reply[]]): (request: SeenRequest, count: number) => Reply {
  return (_, count) => replies[Math.min(count, replies.length - 1)] ?? 'hang-up';
}

function give(reply: Reply, response: ServerResponse, onAbandoned: () => void): void {
  if (reply === 'silence') return;
  if (reply === 'hang-up') {
    response.destroy();
    return;
  }
  if ('halfOf' in reply) {
    response.writeHead(200, { 'content-length': reply.halfOf.length, ...reply.headers });
    response.write(reply.halfOf.subarray(0, reply.halfOf.length / 2), () => response.destroy());
    return;
  }
  if ('endless' in reply) {
    response.writeHead(reply.endless, reply.headers);
    const piece = Buffer.alloc(16 * 1024, 'x');
    const endless = new Readable({
      read() {
        this.push(piece);
      },
    });
    pipeline(endless, response, onAbandoned);
    return;
  }
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

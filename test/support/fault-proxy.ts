/** A door in front of a real registry that does something wrong with chosen requests and passes on all others. */
import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** The connection ends before the registry learns of the request. */
  | { readonly kind: 'reset' }
  /** The registry does what is asked, and its answer gets lost. */
  | { readonly kind: 'answer-lost' }
  /** So many milliseconds of nothing, then the connection ends. */
  | { readonly kind: 'silence'; readonly milliseconds: number }
  /** The body arrives in pieces over so many milliseconds. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Headers and half of the body arrive. */
  | { readonly kind: 'half' }
  /** The right length, one byte wrong. */
  | { readonly kind: 'wrong-bytes' }
  /** The right bytes, with a digest header that is another's. */
  | { readonly kind: 'wrong-digest' }
  /** Elsewhere: the same path there. */
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'redirect-loop' };

export interface Passing {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export interface FaultProxy {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** All that came, the greeting (`/v2/`) left out. */
  readonly requests: readonly Passing[];
  stop(): Promise<void>;
}

export interface FaultProxyOptions {
  /** Chooses what happens to a request; `count` requests came before it, the greeting left out. */
  readonly fault?: (request: Passing, count: number) => Fault | undefined;
  /** How the locations of uploads are told: as they are (on the registry's own host), relative, or on this host. */
  readonly locations?: 'as-they-are' | 'relative' | 'here';
  /** Added to every answer that is passed on. */
  readonly headers?: () => Record<string, string>;
}

const otherDigest = `sha256:${'0'.repeat(64)}`;

export async function startFaultProxy(to: string, options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const { fault = () => undefined, locations = 'here', headers: added = () => ({}) } = options;
  const requests: Passing[] = [];
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const passing = { method, path, headers };
    let chosen: Fault | undefined;
    if (path !== '/v2/') {
      chosen = fault(passing, requests.length);
      requests.push(passing);
    }
    request.on('error', () => {});
    response.on('error', () => {});
    apply(chosen, request, response, { to, locations, added });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address of this form.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    requests,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Onward {
  readonly to: string;
  readonly locations: FaultProxyOptions['locations'];
  readonly added: () => Record<string, string>;
}

function apply(fault: Fault | undefined, request: IncomingMessage, response: ServerResponse, onward: Onward): void {
  switch (fault?.kind) {
    case 'status':
      request.resume();
      request.once('end', () => response.writeHead(fault.status, fault.headers).end(fault.body ?? '{}'));
      return;
    case 'reset':
      request.socket.destroy();
      return;
    case 'silence':
      request.resume();
      void setTimeout(fault.milliseconds).then(() => request.socket.destroy());
      return;
    case 'redirect':
    case 'redirect-loop': {
      const host = fault.kind === 'redirect' ? fault.to : (request.headers.host ?? '');
      request.resume();
      request.once('end', () => response.writeHead(307, { location: `http://${host}${request.url ?? ''}` }).end());
      return;
    }
    case 'slow':
      pass(fault, request, response, onward);
      return;
    case 'answer-lost':
    case 'half':
    case 'wrong-bytes':
    case 'wrong-digest':
    case undefined:
      pass(fault, request, response, onward);
  }
}

function pass(
  fault: Extract<Fault, { kind: 'answer-lost' | 'half' | 'wrong-bytes' | 'wrong-digest' | 'slow' }> | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  { to, locations, added }: Onward,
): void {
  const [hostname = '', port = ''] = to.split(':');
  const { method, url: path, headers } = request;
  const kind = fault?.kind;
  const own = forward({ hostname, port, method, path, headers: { ...headers, host: to } }, (answer) => {
    if (kind === 'answer-lost') {
      answer.resume();
      answer.once('end', () => request.socket.destroy());
      return;
    }
    const told = { ...answer.headers, ...added() };
    if (told.location !== undefined && locations !== 'as-they-are') {
      const { pathname, search } = new URL(told.location, `http://${to}`);
      told.location = `${locations === 'relative' ? '' : `http://${headers.host ?? ''}`}${pathname}${search}`;
    }
    if (kind === 'wrong-digest' && told['docker-content-digest'] !== undefined) {
      told['docker-content-digest'] = otherDigest;
    }
    response.writeHead(answer.statusCode ?? 500, told);
    if (fault?.kind === 'slow') void drip(fault.milliseconds, answer, response);
    else if (kind === 'half' || kind === 'wrong-bytes') void spoil(kind, answer, request, response);
    else answer.pipe(response);
  });
  own.on('error', () => response.destroy());
  request.pipe(own);
}

/** Pieces of a slow body. */
const pieces = 20;

async function drip(milliseconds: number, answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(answer);
  const size = Math.ceil(body.length / pieces);
  for (let at = 0; at < body.length && !response.destroyed; at += size) {
    response.write(body.subarray(at, at + size));
    await setTimeout(milliseconds / pieces);
  }
  response.end();
}

async function spoil(
  kind: 'half' | 'wrong-bytes',
  answer: IncomingMessage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(answer);
  if (kind === 'half') {
    response.write(body.subarray(0, body.length / 2), () => request.socket.destroy());
    return;
  }
  const last = body.length - 1;
  if (last >= 0) body.writeUInt8(body.readUInt8(last) ^ 1, last);
  response.end(body);
}

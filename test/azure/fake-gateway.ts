/**
 * The way into the stand-in: an HTTPS server that has a certificate for all of Azure's names, and a proxy whose tunnels
 * all end there. A program that is given the proxy (HTTPS_PROXY) and the authority (ca-file) talks to
 * `contoso.azurecr.io` as it would to the real one; nothing in it knows of the test.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import type { Exchange, Part, Recorded, Reply } from './exchange.ts';

export interface Gateway {
  /** `http://127.0.0.1:port`, for HTTPS_PROXY. */
  readonly proxy: string;
  /** PEM file of the authority that signed the certificate. */
  readonly caFile: string;
  /** In the order in which they were answered. */
  readonly recorded: readonly Recorded[];
  /** Hosts that were asked for and are not Azure's: nothing may leave the machine. */
  readonly refusedHosts: readonly string[];
  stop(): Promise<void>;
}

/** Every name that Azure's services have here; a wildcard covers one label. */
const names = [
  'management.azure.com',
  'management.chinacloudapi.cn',
  'management.usgovcloudapi.net',
  'login.microsoftonline.com',
  'login.chinacloudapi.cn',
  'login.partner.microsoftonline.cn',
  'login.microsoftonline.us',
  '*.azurecr.io',
  '*.azurecr.cn',
  '*.azurecr.us',
  '*.blob.core.windows.net',
  '*.actions.githubusercontent.com',
  'dev.azure.com',
  'mcr.microsoft.com',
  'registry-1.docker.io',
  'ghcr.io',
  'registry.contoso.example',
];

export async function openGateway(parts: readonly Part[]): Promise<Gateway> {
  const certificates: Certificates = makeCertificates({ names });
  const recorded: Recorded[] = [];
  const refusedHosts: string[] = [];
  const server = createTlsServer(
    { cert: readFileSync(certificates.certificate), key: readFileSync(certificates.key) },
    (request, response) => {
      void answer(request, response, parts, recorded);
    },
  );
  const port = await listen(server);
  const tunnels = new Set<Socket>();
  const proxy = createServer((_, response) => {
    response.writeHead(400).end('only tunnels');
  });
  proxy.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const host = (request.url ?? '').replace(/:443$/, '');
    if (!covers(host)) {
      refusedHosts.push(host);
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const inner = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      inner.write(head);
      inner.pipe(client);
      client.pipe(inner);
    });
    for (const socket of [inner, client]) {
      tunnels.add(socket);
      // A client that goes away in the middle is what some tests are about.
      socket.on('error', () => {});
      socket.on('close', () => tunnels.delete(socket));
    }
  });
  const proxyPort = await listen(proxy);
  return {
    proxy: `http://127.0.0.1:${proxyPort}`,
    caFile: certificates.authority,
    recorded,
    refusedHosts,
    async stop() {
      for (const socket of tunnels) socket.destroy();
      for (const each of [server, proxy]) {
        each.closeAllConnections();
        each.close();
        await once(each, 'close');
      }
      certificates.remove();
    },
  };
}

function covers(host: string): boolean {
  return names.some((name) => name === host || (name.startsWith('*.') && host.endsWith(name.slice(1))));
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address of this form.
  return (server.address() as AddressInfo).port;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: readonly Part[],
  recorded: Recorded[],
): Promise<void> {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const exchange: Exchange = {
    method: request.method ?? '',
    host,
    url: new URL(request.url ?? '/', `https://${host}`),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: await buffer(request).catch(() => Buffer.alloc(0)),
  };
  const reply = await firstReply(exchange, parts);
  const body = bytesOf(reply.body);
  const headers: Record<string, string> = { 'content-length': String(body.length), ...reply.headers };
  if (isJson(reply.body)) headers['content-type'] ??= 'application/json; charset=utf-8';
  recorded.push({ ...exchange, status: reply.status, answered: request.method === 'HEAD' ? 0 : body.length });
  response.writeHead(reply.status, headers).end(request.method === 'HEAD' ? undefined : body);
}

async function firstReply(exchange: Exchange, parts: readonly Part[]): Promise<Reply> {
  try {
    for (const part of parts) {
      const reply = await part(exchange);
      if (reply !== undefined) return reply;
    }
    return { status: 404, body: `the stand-in has no ${exchange.method} ${exchange.url}` };
  } catch (error) {
    return { status: 500, body: `the stand-in failed: ${error instanceof Error ? error.stack : String(error)}` };
  }
}

function isJson(body: Reply['body']): boolean {
  return typeof body === 'object' && !Buffer.isBuffer(body);
}

function bytesOf(body: Reply['body']): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

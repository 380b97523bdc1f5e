/** A loopback HTTP server that serves files from memory, with a password where one is set. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface FileServer {
  readonly url: string;
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Every path that was asked for, with its query. */
  readonly requests: readonly string[];
  /** Every Authorization header that came in. */
  readonly authorizations: readonly string[];
}

export interface FileServerOptions {
  /** Path with leading slash, and query where one matters → content. */
  readonly files:
    | Readonly<Record<string, string | Buffer>>
    | ((url: string) => Readonly<Record<string, string | Buffer>>);
  /** `user:password`. */
  readonly login?: string;
}

export async function startFileServer(options: FileServerOptions): Promise<FileServer> {
  const requests: string[] = [];
  const authorizations: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push(path);
    if (request.headers.authorization !== undefined) authorizations.push(request.headers.authorization);
    const login = options.login && `Basic ${Buffer.from(options.login).toString('base64')}`;
    const content = files[path];
    if (login !== undefined && request.headers.authorization !== login)
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    else if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200).end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // The one boundary: a server that listens on TCP has an address of this form.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${host}`;
  const files = typeof options.files === 'function' ? options.files(url) : options.files;
  return { url, host, requests, authorizations };
}

/**
 * A door before a registry that counts what is asked: each method and address by itself. Asking again what has been written
 * since then is another question (is it there? did it arrive?), and counted as one.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Front {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** `HEAD /v2/a/manifests/1` → how often. */
  readonly asked: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** A request's head is written at once and never behind another one, so it stands at the beginning of a piece. */
const requestLine = /^(GET|HEAD|POST|PUT|PATCH|DELETE) ([^ ]+) HTTP\/1\.1\r\n/;

/** What is another question once this was put: the address itself, and whether its repository has a blob. */
function answeredBy(address: string): readonly string[] {
  const [, repository, digest] = /^\/v2\/(.+)\/blobs\/uploads\/.*[?&]digest=([^&]+)/.exec(address) ?? [];
  if (repository === undefined || digest === undefined) return [address];
  const from = encodeURIComponent(repository);
  return [address, `/v2/${repository}/blobs/uploads/?mount=${decodeURIComponent(digest)}&from=${from}`];
}

export async function startFront(to: string): Promise<Front> {
  const asked = new Map<string, number>();
  const written = new Set<string>();
  const count = (method: string, address: string): void => {
    const question = written.has(address) ? `${method} ${address} (written)` : `${method} ${address}`;
    asked.set(question, (asked.get(question) ?? 0) + 1);
    if (method === 'PUT') for (const question of answeredBy(address)) written.add(question);
  };
  const sockets = new Set<Socket>();
  const [hostname = '', port = ''] = to.split(':');
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {
        near.destroy();
        far.destroy();
      });
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('data', (piece: Buffer) => {
      const [, method, address] = requestLine.exec(piece.subarray(0, 4096).toString('latin1')) ?? [];
      if (method !== undefined && address !== undefined) count(method, address);
    });
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A listening TCP server has an address of this form.
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

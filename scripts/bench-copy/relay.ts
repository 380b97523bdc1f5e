/** Stands on loopback before another server. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A request's head is written at once and never behind another one, so it stands at the beginning of a piece. */
const requestLine = /^(GET|HEAD|POST|PUT|PATCH|DELETE) ([^ ]+) HTTP\/1\.1\r\n/;

export interface Relay {
  /** `127.0.0.1:port`. */
  readonly host: string;
  stop(): Promise<void>;
}

export interface RelayOptions {
  /** How the two sides of a new connection come to each other. */
  readonly join: (near: Socket, far: Socket) => void;
  readonly onRequest: (method: string, address: string) => void;
}

export async function startRelay(to: string, { join, onRequest }: RelayOptions): Promise<Relay> {
  const sockets = new Set<Socket>();
  const [hostname = '', port = ''] = to.split(':');
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
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
      if (method !== undefined && address !== undefined) onRequest(method, address);
    });
    join(near, far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A listening TCP server has an address of this form.
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server that answers with bytes as they are, so that its heads may be broken too, and keeps every request. */
import { createServer, type Socket } from 'node:net';

/** Longer requests are none that chart-images makes here. */
const longestRequest = 1024 * 1024;

export interface AnsweringServer {
  readonly port: number;
  /** By `GET /path`, the first that the request's line begins with; others get 404. */
  answers: ReadonlyMap<string, Buffer>;
  /** Whole requests, heads and bodies, since it was emptied. */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function startAnsweringServer(): Promise<AnsweringServer> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      // A handshake of TLS (RFC 8446, 5.1): chart-images asks hosts of this machine by https first.
      if (received === '' && bytes[0] === 22) {
        socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
        return;
      }
      received += bytes.toString('latin1');
      if (received.length > longestRequest) {
        socket.destroy();
        return;
      }
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/^content-length: *(\d+)/im.exec(received.slice(0, end))?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      requests.push(received);
      const line = received.slice(0, received.indexOf('\r\n'));
      received = '';
      const known = [...answering.answers].find(([beginning]) => line.startsWith(beginning));
      // Closing tells where a body ends whose length is wrong.
      socket.end(known?.[1] ?? Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const answering: AnsweringServer = {
    port: address.port,
    answers: new Map(),
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return answering;
}

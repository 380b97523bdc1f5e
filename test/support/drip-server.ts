/**
 * A loopback server that answers too slowly to ever end: a byte at a time, in the part of the answer that a test names.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Deadlines } from '../../src/core/http/deadlines.ts';

/** So short that a server which drips is given up at once, and longer than an honest answer takes on a busy machine. */
export const shortDeadlines: Deadlines = {
  response: 400,
  uploadResponse: 400,
  uploadPause: 400,
  progressTime: 400,
  progressBytes: 1000,
};

/** `sent` goes out at once; `dripped` every few milliseconds, over and over. */
export interface Drip {
  readonly sent: string;
  readonly dripped: string;
  /** Milliseconds; 10 where it is not given. */
  readonly every?: number;
}

export interface DripServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** With scheme, without trailing slash. */
  readonly url: string;
  /** First lines of the requests that came: `GET /v2/ HTTP/1.1`. */
  readonly requests: readonly string[];
  /** Connections that still get pieces. */
  dripping(): number;
  stop(): Promise<void>;
}

/** `answer` gets the first line of each request; a text is a whole answer. */
export async function startDripServer(answer: (request: string) => Drip | string): Promise<DripServer> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  const dripping = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      dripping.delete(socket);
    });
    socket.on('data', (data) => {
      // The greeting of TLS gets what every plain HTTP server answers to it.
      if (data[0] === 0x16) return void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      const [line = ''] = data.toString('latin1').split('\r\n');
      if (!/ HTTP\/1\.1$/.test(line)) return;
      requests.push(line);
      const reply = answer(line);
      if (typeof reply === 'string') socket.write(reply);
      else drip(socket, reply);
    });
  });
  const drip = (socket: Socket, { sent, dripped, every = 10 }: Drip): void => {
    dripping.add(socket);
    socket.write(sent);
    const timer = setInterval(() => socket.write(dripped), every);
    socket.on('close', () => clearInterval(timer));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address of this form.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    requests,
    dripping: () => dripping.size,
    async stop() {
      if (!server.listening) return;
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const ok = 'HTTP/1.1 200 OK\r\n';

/** Each is a way to keep a client waiting that never is silent for long. */
export const drips = {
  'a body that comes byte by byte': { sent: `${ok}content-length: 1000000\r\n\r\n`, dripped: ' ' },
  'a chunked body without end': { sent: `${ok}transfer-encoding: chunked\r\n\r\n`, dripped: '1\r\n \r\n' },
  'an error whose explanation never ends': {
    sent: 'HTTP/1.1 404 Not Found\r\ncontent-length: 60000\r\n\r\n',
    dripped: ' ',
  },
  'headers that come byte by byte': { sent: `${ok}x-slow: `, dripped: 'x' },
  'a redirect whose headers come byte by byte': {
    sent: 'HTTP/1.1 302 Found\r\nlocation: /next\r\nx-slow: ',
    dripped: 'x',
  },
} as const satisfies Record<string, Drip>;

/** One of these every few milliseconds, and never the answer. */
export const interimAnswers: Drip = { sent: '', dripped: 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' };

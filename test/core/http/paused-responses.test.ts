/** Servers that close the connection after a body, while its reader takes a pause. */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';

/** More than a body stream and a connection hold, so that the reader's pause reaches the parser. */
const body = Buffer.alloc(300 * 1024, 'x');
const times = 200;

async function scene(answer: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = await createHttpClient({ log: silentLog, signal: new AbortController().signal, proxyEnv: {} });
  onTestFinished(async () => {
    await http.close();
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has a port');
  const url = new URL(`http://127.0.0.1:${address.port}/`);
  return async (): Promise<number> => {
    const response = await http.stream({ method: 'GET', url });
    let size = 0;
    for await (const chunk of response.body) {
      size += chunk.length;
      // The rest arrives, and the connection is closed, while nothing is read.
      if (size < body.length) await sleep(size % 3);
    }
    return size;
  };
}

test.each([
  ['with a length', `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`],
  ['of HTTP/1.0, which ends with the connection', 'HTTP/1.0 200 OK\r\n\r\n'],
])('a body %s is read completely from a server that closes the connection, 200 times', async (_, head) => {
  const read = await scene((socket) => {
    socket.write(head);
    socket.end(body);
  });
  for (let time = 0; time < times; time += 1) expect(await read()).toBe(body.length);
});

test('a connection that is reset while its reader takes a pause is a network error, 200 times', async () => {
  const read = await scene((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length + 1}\r\nConnection: close\r\n\r\n`);
    socket.write(body, () => socket.resetAndDestroy());
  });
  for (let time = 0; time < times; time += 1) await expect(read()).rejects.toMatchObject({ code: 'network' });
});

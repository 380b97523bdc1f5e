import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a server for the rest of the test. Returns `127.0.0.1:<port>`. */
export async function listen(server: Server | HttpsServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  // A listening TCP server has an address of this form.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

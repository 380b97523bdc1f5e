/**
 * Registries in a thread of their own: every answer comes after a round trip, tokens are asked for, every image is
 * there.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { computeDigest } from '../../src/core/oci/digest.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';

/** What the thread is started with. */
export interface RegistryPlan {
  readonly count: number;
  /** Milliseconds from a request to its answer. */
  readonly roundTrip: number;
}

/** What it tells when it is asked anything: how much was asked of it since the last time. */
export interface Asked {
  readonly manifests: number;
  readonly tokens: number;
  readonly doors: number;
}

const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest }));
const headers = {
  'content-type': mediaTypes.ociManifest,
  'content-length': String(manifest.length),
  'docker-content-digest': computeDigest(manifest),
};

// The one place where the plan comes in: only bench-resolve.ts starts this thread.
const { count, roundTrip } = workerData as RegistryPlan;
let asked = { manifests: 0, tokens: 0, doors: 0 };

const hosts = await Promise.all(Array.from({ length: count }, startRegistry));
parentPort?.postMessage(hosts);
parentPort?.on('message', () => {
  parentPort?.postMessage(asked satisfies Asked);
  asked = { manifests: 0, tokens: 0, doors: 0 };
});

async function startRegistry(): Promise<string> {
  const server = createServer(async (request, response) => {
    await sleep(roundTrip);
    const path = request.url ?? '';
    if (path.startsWith('/token')) {
      asked.tokens += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"t","expires_in":300}');
    } else if (request.headers.authorization !== 'Bearer t') {
      asked.doors += 1;
      const challenge = `Bearer realm="http://${request.headers.host}/token",service="bench"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else {
      asked.manifests += 1;
      response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : manifest);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address of this form.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

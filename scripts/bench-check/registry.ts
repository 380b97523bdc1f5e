/**
 * The registry of the check, in a thread of its own: it holds every image of the chart and says how often it was asked.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { computeDigest } from '../../src/core/oci/digest.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import { startDemoRegistry } from '../demo-registry.ts';
import { repositories, tag } from './chart.ts';

// The one place where the count comes in: only bench-check.ts starts this thread.
const registry = await startDemoRegistry();
for (const repository of repositories(workerData as number)) {
  const blob = (mediaType: string, text: string) => {
    const bytes = Buffer.from(text);
    const digest = computeDigest(bytes);
    registry.storage.putBlob(repository, digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const config = blob('application/vnd.oci.image.config.v1+json', '{"architecture":"amd64","os":"linux"}');
  const layers = [blob('application/vnd.oci.image.layer.v1.tar', repository)];
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers };
  registry.storage.putManifest(repository, tag, mediaTypes.ociManifest, Buffer.from(JSON.stringify(manifest)));
}
parentPort?.postMessage(registry.host);
parentPort?.on('message', () => parentPort?.postMessage(registry.requests.length));

import { writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { computeDigest, type Digest, digestAlgorithm, parseDigest } from '../../core/oci/digest.ts';
import type { RegistryReader } from '../../registry/client/registry.ts';
import { maximumArchiveBytes } from '../charts/archive-limits.ts';
import type { OnTimeout } from './download-deadline.ts';

/** Media types of packaged charts, current and before Helm 3.7 (helm, pkg/registry/constants.go). */
const packageTypes: ReadonlySet<string> = new Set([
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  'application/tar+gzip',
]);

const manifestShape = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ layers: v.array(v.object({ mediaType: v.string(), digest: v.string(), size: v.number() })) }),
);

/** Writes the packaged chart of a tag or digest to a new file, and verifies it. Throws the errors of the registry. */
export async function registryPackage(
  registry: RegistryReader,
  repository: string,
  tag: string,
  path: string,
  onTimeout: OnTimeout,
): Promise<void> {
  const isDigest = parseDigest(tag).ok;
  const where = `${registry.host}/${repository}${isDigest ? '@' : ':'}${tag}`;
  if (!isDigest && !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag))
    throw notFoundError(`${registry.host}/${repository}`, 'available: the tag is not valid');
  const manifest = await registry.getManifest(repository, tag);
  const read = v.safeParse(manifestShape, manifest.bytes.toString('utf8'));
  const layer = read.success ? read.output.layers.find(({ mediaType }) => packageTypes.has(mediaType)) : undefined;
  const digest = parseDigest(layer?.digest ?? '');
  if (layer === undefined || !digest.ok) throw notFoundError(where, 'a Helm chart');
  const body = await registry.getBlob(repository, { digest: digest.value, size: layer.size });
  onTimeout((error) => body.destroy(error));
  await writeFile(path, await readVerified(body, digest.value, where), { flag: 'wx' });
}

async function readVerified(body: Readable, digest: Digest, where: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytesOf(body)) {
    size += chunk.length;
    if (size > maximumArchiveBytes) {
      throw new ChartImagesError('registry-answer', `${where} is larger than ${maximumArchiveBytes} bytes.`, {
        advice: 'Check that this is a Helm chart.',
      });
    }
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks, size);
  if (computeDigest(content, digestAlgorithm(digest)) === digest) return content;
  throw new ChartImagesError('digest-mismatch', `the content of ${where} does not match the digest ${digest}.`, {
    advice: 'Push the chart again, or try again later.',
  });
}

/** Node.js does not type the chunks of a stream, which are Buffers if no encoding is set. */
function bytesOf(body: Readable): AsyncIterable<Buffer> {
  return body;
}

function notFoundError(where: string, expected: string): ChartImagesError {
  return new ChartImagesError('not-found', `${where} is not ${expected}.`, {
    advice: 'Check the name and the version.',
  });
}

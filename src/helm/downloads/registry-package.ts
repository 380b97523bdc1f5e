import { writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { computeDigest, type Digest, digestAlgorithm, parseDigest } from '../../core/oci/digest.ts';
import type { RegistryReader } from '../../registry/client/registry.ts';
import { maximumArchiveBytes } from '../charts/archive-limits.ts';
import type { WhenLate } from './download-deadline.ts';

/** Helm's type for packaged charts, and the one that it wrote before 3.7 (helm, pkg/registry/constants.go). */
const packageTypes: ReadonlySet<string> = new Set([
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  'application/tar+gzip',
]);

const manifestShape = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ layers: v.array(v.object({ mediaType: v.string(), digest: v.string(), size: v.number() })) }),
);

/** Writes the packaged chart that a tag means into a new file, proven by its digest. Errors: those of the registry. */
export async function registryPackage(
  registry: RegistryReader,
  repository: string,
  tag: string,
  path: string,
  whenLate: WhenLate,
): Promise<void> {
  const where = `${registry.host}/${repository}:${tag}`;
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)) throw noChart(registry.host, 'what can be a tag of a chart');
  const manifest = await registry.getManifest(repository, tag);
  const read = v.safeParse(manifestShape, manifest.bytes.toString('utf8'));
  const layer = read.success ? read.output.layers.find(({ mediaType }) => packageTypes.has(mediaType)) : undefined;
  const digest = parseDigest(layer?.digest ?? '');
  if (layer === undefined || !digest.ok) throw noChart(where, 'a Helm chart');
  const body = await registry.getBlob(repository, { digest: digest.value, size: layer.size });
  whenLate((error) => body.destroy(error));
  await writeFile(path, await proven(body, digest.value, where), { flag: 'wx' });
}

async function proven(body: Readable, digest: Digest, where: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytesOf(body)) {
    size += chunk.length;
    if (size > maximumArchiveBytes) {
      throw new ChartImagesError('registry-answer', `${where} is larger than ${maximumArchiveBytes} bytes.`, {
        advice: 'Check that this is a chart.',
      });
    }
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks, size);
  if (computeDigest(content, digestAlgorithm(digest)) === digest) return content;
  throw new ChartImagesError('digest-mismatch', `${where} does not have the digest ${digest} that it was asked by.`, {
    advice: 'Push the chart again, or try again later.',
  });
}

/** Node does not type the chunks of a stream; a body without an encoding gives Buffers. */
function bytesOf(body: Readable): AsyncIterable<Buffer> {
  return body;
}

function noChart(where: string, what: string): ChartImagesError {
  return new ChartImagesError('not-found', `${where} is not ${what}.`, { advice: 'Check the name and the version.' });
}

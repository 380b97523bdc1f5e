/** Charts as OCI artifacts: what is pushed, and whether what is there already is the same chart. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { chartArtifact, chartInRegistry, isSameChart } from '../../../src/mirror/destination/chart-artifact.ts';
import { chartFiles, packedChart, tarOf } from '../../support/charts.ts';
import { testFolder } from '../../support/folder.ts';
import { memoryRegistry } from '../../support/memory-registry.ts';
import { chartNamed } from './charts-in-memory.ts';

const contentType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const packed = await packedChart('web');

async function artifactOf(content: Buffer = packed, chartYaml?: string) {
  const path = join(await testFolder(), 'web-1.0.0.tgz');
  await writeFile(path, content);
  return await chartArtifact(chartNamed('web', '1.0.0', chartYaml), path);
}

function descriptor(mediaType: string, content: Buffer) {
  return { mediaType, digest: computeDigest(content), size: content.length };
}

test('a chart becomes the artifact that helm reads: its Chart.yaml as JSON, and its package', async () => {
  const artifact = await artifactOf(packed, 'name: web\nversion: 1.0.0\n');
  const config = Buffer.from('{"name":"web","version":"1.0.0"}');
  expect({ ...artifact, manifest: undefined }).toEqual({ name: 'web', version: '1.0.0', config, package: packed });
  const { bytes, ...manifest } = artifact.manifest;
  expect(manifest).toEqual({ digest: computeDigest(bytes), mediaType: mediaTypes.ociManifest, size: bytes.length });
  expect(JSON.parse(bytes.toString())).toEqual({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: descriptor('application/vnd.cncf.helm.config.v1+json', config),
    layers: [descriptor(contentType, packed)],
    annotations: { 'org.opencontainers.image.title': 'web', 'org.opencontainers.image.version': '1.0.0' },
  });
});

test('a chart whose Chart.yaml has gone since it was read has an empty configuration', async () => {
  expect((await artifactOf()).config.toString()).toBe('null');
});

test('a package larger than helm takes is refused by its name', async () => {
  await expect(artifactOf(Buffer.alloc(20 * 1024 * 1024 + 1))).rejects.toThrow('the packaged chart web');
});

/** A registry with this manifest and package. */
function holding(manifest: unknown, content = packed) {
  const bytes = Buffer.from(typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  const registry = memoryRegistry('r.io');
  const digest = computeDigest(bytes);
  const blobs = [{ digest: computeDigest(content), mediaType: contentType, bytes: content }];
  registry.add('web', '1', {
    digest,
    mediaType: mediaTypes.ociManifest,
    bytes,
    blobs,
    children: [],
    platform: 'linux/amd64',
  });
  return { registry, digest };
}

const layer = descriptor(contentType, packed);

test('the package of a chart in a registry is read whole, also beside other layers', async () => {
  for (const layers of [
    [layer],
    [{ ...layer, mediaType: 'application/vnd.cncf.helm.chart.provenance.v1.prov' }, layer],
  ]) {
    const { registry, digest } = holding({ layers });
    expect(await chartInRegistry(registry, 'web', digest)).toEqual(packed);
  }
});

test.each<[string, unknown]>([
  ['is not JSON', '{'],
  ['has no layers', {}],
  ['is an image', { layers: [{ ...layer, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }] }],
  ['has a digest that is none', { layers: [{ ...layer, digest: 'sha256:x' }] }],
  ['says that its package is larger than helm takes', { layers: [{ ...layer, size: 20 * 1024 * 1024 + 1 }] }],
])('an artifact that %s is no chart, and nothing of it is downloaded', async (_, manifest) => {
  const { registry, digest } = holding(manifest);
  expect(await chartInRegistry(registry, 'web', digest)).toBeUndefined();
  expect(registry.calls.filter((call) => call.startsWith('getBlob'))).toEqual([]);
});

test('a package with other bytes than its manifest says is an error, not another chart', async () => {
  const { registry, digest } = holding({ layers: [layer] });
  const lying = { ...registry, getBlob: async () => Readable.from([Buffer.alloc(packed.length)]) };
  await expect(chartInRegistry(lying, 'web', digest)).rejects.toMatchObject({ code: 'digest-mismatch' });
});

test('two packages with the same files are one chart, whatever order and time they were packed with', async () => {
  const artifact = await artifactOf();
  const temporary = await testFolder();
  const files = Object.entries(chartFiles('web')).toReversed();
  const again = gzipSync(
    await tarOf(files.map(([path, content]) => ({ name: `web/${path}`, content, mtime: new Date(0) }))),
  );
  expect(again).not.toEqual(packed);
  expect(await isSameChart(artifact, again, temporary)).toBe(true);
  expect(await readdir(temporary)).toEqual([]);
});

test.each([
  ['has another file', chartFiles('web', { 'README.md': '# Web\n' })],
  ['has other text in a file', chartFiles('web', { 'values.yaml': 'image: registry.example/app:1.0.1\n' })],
])('a package that %s is another chart', async (_, files) => {
  const temporary = await testFolder();
  expect(await isSameChart(await artifactOf(), await packedChart('web', files), temporary)).toBe(false);
  expect(await readdir(temporary)).toEqual([]);
});

test('an artifact that is no chart is never the same', async () => {
  expect(await isSameChart(await artifactOf(), undefined, await testFolder())).toBe(false);
});

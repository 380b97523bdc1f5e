import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { readBytes } from '../../core/files/read-file.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { computeDigest, type Digest, parseDigest } from '../../core/oci/digest.ts';
import { mediaTypes } from '../../core/oci/media-type.ts';
import { readArchive } from '../../helm/charts/archive.ts';
import type { Chart } from '../../helm/charts/chart.ts';
import type { Manifest, RegistryReader } from '../../registry/client/registry.ts';
import { readVerified, VerifiedBlobStream } from '../copy/verified-blob.ts';

/** Media types of helm charts (helm, pkg/registry/constants.go). */
const configType = 'application/vnd.cncf.helm.config.v1+json';
const contentType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

/** Real charts have some hundred kilobytes. Helm rejects larger packages than this. */
const maximumPackageBytes = 20 * 1024 * 1024;

/** A chart as an OCI artifact. */
export interface ChartArtifact {
  readonly name: string;
  readonly version: string;
  /** Chart.yaml as JSON. */
  readonly config: Buffer;
  /** The `.tgz`. */
  readonly package: Buffer;
  readonly manifest: Manifest;
}

/** Creates the artifact of a packaged chart. Deterministic. */
export async function chartArtifact(chart: Chart, packagePath: string): Promise<ChartArtifact> {
  const { name, version } = chart.metadata;
  const packed = await readBytes(packagePath, {
    maximumBytes: maximumPackageBytes,
    name: `the packaged chart ${name}`,
  });
  const config = Buffer.from(JSON.stringify(parse((await chart.readFile('Chart.yaml')) ?? '')));
  const descriptor = (mediaType: string, content: Buffer) => ({
    mediaType,
    digest: computeDigest(content),
    size: content.length,
  });
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: descriptor(configType, config),
      layers: [descriptor(contentType, packed)],
      annotations: { 'org.opencontainers.image.title': name, 'org.opencontainers.image.version': version },
    }),
  );
  const manifest = { digest: computeDigest(bytes), mediaType: mediaTypes.ociManifest, size: bytes.length, bytes };
  return { name, version, config, package: packed, manifest };
}

const manifestShape = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ layers: v.array(v.object({ mediaType: v.string(), digest: v.string(), size: v.number() })) }),
);

/** Package of a chart in a registry. Undefined if the artifact is not a chart. */
export async function chartInRegistry(
  registry: RegistryReader,
  name: string,
  digest: Digest,
): Promise<Buffer | undefined> {
  const manifest = await registry.getManifest(name, digest);
  const read = v.safeParse(manifestShape, manifest.bytes.toString('utf8'));
  const layer = read.success ? read.output.layers.find(({ mediaType }) => mediaType === contentType) : undefined;
  const layerDigest = parseDigest(layer?.digest ?? '');
  if (layer === undefined || !layerDigest.ok || layer.size > maximumPackageBytes) return undefined;
  const blob = { digest: layerDigest.value, size: layer.size };
  const where = `${registry.host}/${name}@${blob.digest}`;
  return await readVerified(new VerifiedBlobStream((offset) => registry.getBlob(name, blob, offset), blob, where));
}

/** Compares files, because helm writes the packaging time into a package. */
export async function isSameChart(
  artifact: ChartArtifact,
  existing: Buffer | undefined,
  temporary: string,
): Promise<boolean> {
  if (existing === undefined) return false;
  const folder = await createTemporaryFolder(temporary, 'compare');
  try {
    const [ours, theirs] = await Promise.all([
      readPackedFile(artifact.package, join(folder.path, 'ours.tgz')),
      readPackedFile(existing, join(folder.path, 'theirs.tgz')),
    ]);
    return ours === theirs;
  } finally {
    await folder.remove();
  }
}

/** Sorted paths and digests of all files. */
async function readPackedFile(packed: Buffer, path: string): Promise<string> {
  await writeFile(path, packed);
  const files: string[] = [];
  await readArchive({ path, name: 'the packaged chart', compression: 'gzip' }, async (file) => {
    files.push(`${file.path} ${createHash('sha256').update(file.content).digest('hex')}`);
  });
  return files.sort().join('\n');
}

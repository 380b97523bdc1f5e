/**
 * Container images made in memory: real tar layers, real configs, digests that fit, and the same bytes for the same
 * seed. Pushed with plain fetch, so that what tests put into a registry never went through the code they test.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { computeDigest, type Digest } from '../../src/core/oci/digest.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import type { Platform } from '../../src/core/oci/platform.ts';

export interface TestBlob {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** An image manifest or an index, with everything it is made of. */
export interface TestImage {
  readonly digest: Digest;
  readonly mediaType: string;
  /** The manifest's exact bytes. */
  readonly bytes: Uint8Array;
  /** Undefined for an index. */
  readonly platform: Platform | undefined;
  /** Config and layers; empty for an index. */
  readonly blobs: readonly TestBlob[];
  /** Manifests of an index, attestations included; empty for an image. */
  readonly children: readonly TestImage[];
}

export interface ImageOptions {
  /** Other seeds make other bytes. */
  readonly seed?: string;
  /** By default `linux/amd64`. */
  readonly platform?: Platform;
  /**
   * A number makes a layer that holds one file of so many random bytes; bytes are the layer's compressed content as it
   * is.
   */
  readonly layers?: readonly (number | Uint8Array)[];
  /** Docker's image manifest version 2 schema 2 in place of OCI. */
  readonly dockerMediaTypes?: boolean;
}

const configTypes = {
  oci: 'application/vnd.oci.image.config.v1+json',
  docker: 'application/vnd.docker.container.image.v1+json',
};
const layerTypes = {
  oci: 'application/vnd.oci.image.layer.v1.tar+gzip',
  docker: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};

export async function makeImage(options: ImageOptions = {}): Promise<TestImage> {
  const { seed = 'image', platform = 'linux/amd64', layers = [64], dockerMediaTypes = false } = options;
  const family = dockerMediaTypes ? 'docker' : 'oci';
  const [os, architecture, variant] = platform.split('/');
  const made = await Promise.all(
    layers.map(async (layer, index) => {
      if (typeof layer !== 'number') return { compressed: layer, diffId: computeDigest(layer) };
      const tar = await tarOfOneFile(`layer-${index}`, randomBytes(`${seed} ${platform} ${index}`, layer));
      return { compressed: gzip(tar), diffId: computeDigest(tar) };
    }),
  );
  const config = makeBlob(
    configTypes[family],
    json({
      architecture,
      os,
      ...(variant === undefined ? {} : { variant }),
      config: { Labels: { seed } },
      rootfs: { type: 'layers', diff_ids: made.map(({ diffId }) => diffId) },
    }),
  );
  const blobs = made.map(({ compressed }) => makeBlob(layerTypes[family], compressed));
  return imageOf(dockerMediaTypes ? mediaTypes.dockerManifest : mediaTypes.ociManifest, platform, config, blobs);
}

export interface IndexOptions {
  /** Adds BuildKit's provenance manifest (`unknown/unknown`) for each image. */
  readonly attestations?: boolean;
  /** Docker's manifest list in place of an OCI index. */
  readonly dockerMediaTypes?: boolean;
}

export async function makeIndex(images: readonly TestImage[], options: IndexOptions = {}): Promise<TestImage> {
  const attestations = options.attestations === true ? images.map(makeAttestation) : [];
  const entries = [
    ...images.map((image) => ({ ...descriptor(image), platform: platformFields(image.platform ?? 'linux/amd64') })),
    ...attestations.map(({ image, subject }) => ({
      ...descriptor(image),
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': subject },
      platform: { os: 'unknown', architecture: 'unknown' },
    })),
  ];
  const mediaType = options.dockerMediaTypes === true ? mediaTypes.dockerList : mediaTypes.ociIndex;
  const bytes = json({ schemaVersion: 2, mediaType, manifests: entries });
  return {
    digest: computeDigest(bytes),
    mediaType,
    bytes,
    platform: undefined,
    blobs: [],
    children: [...images, ...attestations.map(({ image }) => image)],
  };
}

export interface PushOptions {
  /** The whole header: `Basic ...` or `Bearer ...`. */
  readonly authorization?: string;
}

/** Puts an image into a registry (`http://127.0.0.1:5000`), children first, the tag last. */
export async function pushImage(
  registryUrl: string,
  repository: string,
  tag: string,
  image: TestImage,
  options: PushOptions = {},
): Promise<void> {
  const headers: Record<string, string> =
    options.authorization === undefined ? {} : { authorization: options.authorization };
  const base = `${registryUrl}/v2/${repository}`;
  const send = async (url: string, init: { method: string; body?: Uint8Array; contentType?: string }) => {
    const answer = await fetch(url, {
      method: init.method,
      headers: { ...headers, ...(init.contentType === undefined ? {} : { 'content-type': init.contentType }) },
      ...(init.body === undefined ? {} : { body: new Uint8Array(init.body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method} ${url} answered ${answer.status}: ${text}`);
    return answer;
  };
  const pushManifest = async (manifest: TestImage, reference: string): Promise<void> => {
    for (const child of manifest.children) await pushManifest(child, child.digest);
    for (const blob of manifest.blobs) {
      const present = await fetch(`${base}/blobs/${blob.digest}`, { method: 'HEAD', headers });
      if (present.ok) continue;
      const started = await send(`${base}/blobs/uploads/`, { method: 'POST' });
      const place = new URL(started.headers.get('location') ?? '', registryUrl);
      place.searchParams.append('digest', blob.digest);
      await send(place.href, { method: 'PUT', body: blob.bytes, contentType: 'application/octet-stream' });
    }
    await send(`${base}/manifests/${reference}`, {
      method: 'PUT',
      body: manifest.bytes,
      contentType: manifest.mediaType,
    });
  };
  await pushManifest(image, tag);
}

function imageOf(mediaType: string, platform: Platform, config: TestBlob, layers: readonly TestBlob[]): TestImage {
  const bytes = json({
    schemaVersion: 2,
    mediaType,
    config: descriptor(config),
    layers: layers.map(descriptor),
  });
  return { digest: computeDigest(bytes), mediaType, bytes, platform, blobs: [config, ...layers], children: [] };
}

/** The form that BuildKit writes (moby/buildkit docs/attestations/attestation-storage.md). */
function makeAttestation(subject: TestImage): { readonly image: TestImage; readonly subject: Digest } {
  const statement = makeBlob(
    'application/vnd.in-toto+json',
    json({ _type: 'https://in-toto.io/Statement/v0.1', predicateType: 'https://slsa.dev/provenance/v0.2' }),
  );
  const config = makeBlob(
    configTypes.oci,
    json({
      architecture: 'unknown',
      os: 'unknown',
      config: { Labels: { of: subject.digest } },
      rootfs: { type: 'layers', diff_ids: [statement.digest] },
    }),
  );
  const image = imageOf(mediaTypes.ociManifest, 'unknown/unknown', config, [statement]);
  return { image, subject: subject.digest };
}

function platformFields(platform: Platform): { os: string; architecture: string; variant?: string } {
  const [os = '', architecture = '', variant] = platform.split('/');
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

function makeBlob(mediaType: string, bytes: Uint8Array): TestBlob {
  return { digest: computeDigest(bytes), mediaType, bytes };
}

function descriptor(part: { readonly mediaType: string; readonly digest: Digest; readonly bytes: Uint8Array }) {
  return { mediaType: part.mediaType, digest: part.digest, size: part.bytes.length };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function randomBytes(seed: string, size: number): Uint8Array {
  return size === 0
    ? new Uint8Array()
    : new Uint8Array(createHash('shake256', { outputLength: size }).update(seed).digest());
}

function gzip(content: Uint8Array): Uint8Array {
  const bytes = gzipSync(content);
  // The header's tenth byte names the operating system; 255 is "unknown", so that digests are the same everywhere.
  bytes[9] = 255;
  return new Uint8Array(bytes);
}

async function tarOfOneFile(name: string, content: Uint8Array): Promise<Uint8Array> {
  const tar = pack();
  tar.entry({ name, mtime: new Date(0) }, Buffer.from(content));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

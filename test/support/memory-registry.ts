/**
 * Registries in memory, as a seam over the network: for what no real registry on this machine can be (a host called
 * `docker.io`, one that lies, loses content or never answers). Keeps the registry's own promise that a manifest is only
 * taken when its parts are there.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ChartImagesError } from '../../src/core/errors.ts';
import { computeDigest, type Digest } from '../../src/core/oci/digest.ts';
import {
  type BlobContent,
  type Descriptor,
  type Manifest,
  notFoundReason,
  type Registries,
  type Registry,
} from '../../src/registry/client/registry.ts';
import type { TestImage } from './images.ts';

export interface MemoryRegistry extends Registry {
  /** Every call in order, for example `headManifest release/a 1.0.0`. */
  readonly calls: readonly string[];
  /** Puts an image in, with everything it is made of. */
  add(repository: string, tag: string, image: TestImage): void;
  /** Names of what is held: `release/a:1.0.0`, `release/a@sha256:…`, and `release/a sha256:…` for blobs. */
  names(): readonly string[];
  /** The bytes of a manifest by `release/a:1.0.0` or `release/a@sha256:…`, or of a blob by `release/a sha256:…`. */
  bytesOf(name: string): Buffer | undefined;
}

export function memoryRegistry(host: string): MemoryRegistry {
  const manifests = new Map<string, Manifest>();
  const blobs = new Map<string, Buffer>();
  const calls: string[] = [];
  const nameOf = (repository: string, key: string) => `${repository}${key.includes(':') ? '@' : ':'}${key}`;

  const add = (repository: string, key: string, image: TestImage): void => {
    for (const child of image.children) add(repository, child.digest, child);
    for (const blob of image.blobs) blobs.set(`${repository} ${blob.digest}`, Buffer.from(blob.bytes));
    const { digest, mediaType } = image;
    const manifest = { digest, mediaType, size: image.bytes.length, bytes: Buffer.from(image.bytes) };
    manifests.set(nameOf(repository, key), manifest);
    manifests.set(nameOf(repository, digest), manifest);
  };

  return {
    host,
    calls,
    add,
    names: () => [...manifests.keys(), ...blobs.keys()].sort(),
    bytesOf: (name) => manifests.get(name)?.bytes ?? blobs.get(name),
    async headManifest(repository, key) {
      calls.push(`headManifest ${repository} ${key}`);
      const manifest = manifests.get(nameOf(repository, key));
      if (!manifest) return { result: 'absent', reason: notFoundReason };
      const { digest, mediaType, size } = manifest;
      return { result: 'found', value: { digest, mediaType, size } };
    },
    async getManifest(repository, key) {
      calls.push(`getManifest ${repository} ${key}`);
      const manifest = manifests.get(nameOf(repository, key));
      if (!manifest) throw notFound(`${host}/${nameOf(repository, key)}`);
      return manifest;
    },
    reserveRead: async () => ({ release() {} }),
    async getBlob(repository, blob, offset = 0) {
      calls.push(`getBlob ${repository} ${blob.digest}`);
      const bytes = blobs.get(`${repository} ${blob.digest}`);
      if (!bytes) throw notFound(`${host}/${repository}@${blob.digest}`);
      return inPieces(bytes.subarray(offset));
    },
    async listTags(repository) {
      const start = `${repository}:`;
      return [...manifests.keys()].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
    },
    async listRepositories() {
      const tagged = [...manifests.keys()].filter((name) => !name.includes('@'));
      return [...new Set(tagged.map((name) => name.slice(0, name.lastIndexOf(':'))))];
    },
    async hasBlob(repository, blob) {
      calls.push(`hasBlob ${repository} ${blob.digest}`);
      return blobs.has(`${repository} ${blob.digest}`);
    },
    async putBlob(repository, blob, content, from) {
      calls.push(`putBlob ${repository} ${blob.digest}${from === undefined ? '' : ` from ${from}`}`);
      const there = from === undefined ? undefined : blobs.get(`${from} ${blob.digest}`);
      if (there) {
        blobs.set(`${repository} ${blob.digest}`, there);
        return from === repository ? 'exists' : 'mounted';
      }
      const bytes = await bytesIn(content);
      if (computeDigest(bytes) !== blob.digest) throw refused(`${host}/${repository}@${blob.digest}: DIGEST_INVALID`);
      blobs.set(`${repository} ${blob.digest}`, bytes);
      return 'uploaded';
    },
    supportsMount: () => true,
    async putManifest(repository, key, manifest) {
      calls.push(`putManifest ${repository} ${key}`);
      for (const part of partsOf(manifest)) {
        if (!blobs.has(`${repository} ${part}`) && !manifests.has(nameOf(repository, part))) {
          throw refused(`${host}/${nameOf(repository, key)}: MANIFEST_BLOB_UNKNOWN ${part}`);
        }
      }
      const digest = computeDigest(manifest.bytes);
      manifests.set(nameOf(repository, key), { ...manifest, digest });
      manifests.set(nameOf(repository, digest), { ...manifest, digest });
      return { subject: undefined };
    },
    listReferrers: async () => undefined,
    pullBudget: () => undefined,
  };
}

/** Registries by host; a host that is not among them is a fault of the test. */
export function memoryRegistries(...registries: readonly Registry[]): Registries {
  return {
    get(host) {
      const registry = registries.find((one) => one.host === host);
      if (!registry) throw new Error(`no registry ${host} in this test`);
      return registry;
    },
    close: async () => {},
  };
}

/** A registry that gives no answer, as one that is down. */
export function deadRegistry(host: string, code: 'network' | 'unauthorized' = 'network'): Registry {
  const error = new ChartImagesError(code, `${host} did not answer.`, { advice: 'See that it is up.' });
  const fail = async (): Promise<never> => {
    throw error;
  };
  return {
    host,
    headManifest: async () => ({ result: 'unknown', error }),
    getManifest: fail,
    reserveRead: async () => ({ release() {} }),
    getBlob: fail,
    listTags: fail,
    listReferrers: fail,
    pullBudget: () => undefined,
    listRepositories: fail,
    hasBlob: fail,
    putBlob: fail,
    supportsMount: () => true,
    putManifest: fail,
  };
}

/** All bytes of what is to be put. */
export async function bytesIn(content: BlobContent): Promise<Buffer> {
  const opened = typeof content === 'function' ? await content() : content;
  return Buffer.isBuffer(opened) ? opened : await buffer(opened);
}

/** Small pieces, so that even a small blob arrives in several. */
export function inPieces(bytes: Uint8Array, size = 16): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(Buffer.from(bytes.subarray(at, at + size)));
  return Readable.from(pieces, { objectMode: false });
}

export function blobOf(bytes: Uint8Array): Descriptor {
  return { digest: computeDigest(bytes), size: bytes.length };
}

function partsOf(manifest: Manifest): readonly Digest[] {
  // The one place where the test reads a manifest; only images of test/support/images.ts come here.
  const json = JSON.parse(manifest.bytes.toString()) as {
    readonly config?: { readonly digest: Digest };
    readonly layers?: readonly { readonly digest: Digest; readonly urls?: unknown }[];
    readonly manifests?: readonly { readonly digest: Digest }[];
  };
  const parts = [...(json.config ? [json.config] : []), ...(json.layers ?? []), ...(json.manifests ?? [])];
  return parts.flatMap((part) => ('urls' in part ? [] : [part.digest]));
}

function notFound(what: string): ChartImagesError {
  return new ChartImagesError('not-found', `${what} is not there.`, { advice: 'Push it.' });
}

function refused(what: string): ChartImagesError {
  return new ChartImagesError('registry-answer', what, { advice: 'See the registry.' });
}

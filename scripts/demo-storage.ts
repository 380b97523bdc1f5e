/**
 * What the demo's registry holds, and the rules of the OCI distribution specification 1.1 on what may be put there.
 * Knows nothing of HTTP beyond the status that belongs to each of the specification's error codes.
 */
import { randomUUID } from 'node:crypto';
import { computeDigest, type Digest, digestAlgorithm, parseDigest } from '../src/core/oci/digest.ts';
import { isNonDistributableLayer } from '../src/core/oci/media-type.ts';
import { isRepositoryPath, isTag } from '../src/core/oci/reference.ts';

/** An error that the client is told in the specification's form. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

interface Repository {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, StoredManifest>;
}

export class DemoStorage {
  readonly #repositories = new Map<string, Repository>();
  readonly #uploads = new Map<string, Buffer>();

  /** `repository:tag` of everything tagged, sorted. */
  tagged(): readonly string[] {
    return [...this.#repositories]
      .flatMap(([name, { tags }]) => [...tags.keys()].map((tag) => `${name}:${tag}`))
      .sort();
  }

  tags(name: string): readonly string[] {
    return [...this.#known(name).tags.keys()].sort();
  }

  removeTag(name: string, tag: string): void {
    this.#known(name).tags.delete(tag);
  }

  /** `reference` is a tag or a digest. */
  manifest(name: string, reference: string): StoredManifest {
    const repository = this.#known(name);
    const manifest = repository.tags.get(reference) ?? repository.manifests.get(reference);
    if (!manifest) throw new Refusal(404, 'MANIFEST_UNKNOWN', `${name} has no manifest ${reference}`);
    return manifest;
  }

  putManifest(name: string, reference: string, mediaType: string, bytes: Buffer): Digest {
    const manifest = { digest: computeDigest(bytes), mediaType, bytes };
    if (!isTag(reference) && reference !== manifest.digest) {
      throw new Refusal(400, 'DIGEST_INVALID', `the content is ${manifest.digest}, not ${reference}`);
    }
    const repository = this.#made(name);
    const { blobs, manifests } = partsOf(manifest);
    const missing =
      blobs.find((digest) => !repository.blobs.has(digest)) ??
      manifests.find((digest) => !repository.manifests.has(digest));
    if (missing !== undefined) throw new Refusal(400, 'MANIFEST_BLOB_UNKNOWN', `${name} does not hold ${missing}`);
    repository.manifests.set(manifest.digest, manifest);
    if (reference !== manifest.digest) repository.tags.set(reference, manifest);
    return manifest.digest;
  }

  blob(name: string, digest: string): Buffer {
    const blob = this.#known(name).blobs.get(digest);
    if (!blob) throw new Refusal(404, 'BLOB_UNKNOWN', `${name} has no blob ${digest}`);
    return blob;
  }

  putBlob(name: string, digest: string, content: Buffer): void {
    const wanted = parseDigest(digest);
    if (!wanted.ok) throw new Refusal(400, 'DIGEST_INVALID', wanted.reason);
    const found = computeDigest(content, digestAlgorithm(wanted.value));
    if (found !== wanted.value) throw new Refusal(400, 'DIGEST_INVALID', `the content is ${found}, not ${digest}`);
    this.#made(name).blobs.set(digest, content);
  }

  /** Gives a repository a blob of another one; false where that one does not have it. */
  mount(name: string, digest: string, from: string): boolean {
    const blob = this.#repositories.get(from)?.blobs.get(digest);
    if (blob) this.#made(name).blobs.set(digest, blob);
    return blob !== undefined;
  }

  startUpload(): string {
    const session = randomUUID();
    this.#uploads.set(session, Buffer.alloc(0));
    return session;
  }

  /** What an upload has received so far. */
  upload(session: string): Buffer {
    const content = this.#uploads.get(session);
    if (!content) throw new Refusal(404, 'BLOB_UPLOAD_UNKNOWN', `no upload ${session}`);
    return content;
  }

  /** `first` is the offset that the client gives for the chunk, where it gives one. */
  append(session: string, chunk: Buffer, first: number | undefined): void {
    const before = this.upload(session);
    if (first !== undefined && first !== before.length) {
      throw new Refusal(416, 'BLOB_UPLOAD_INVALID', `the next byte is ${before.length}, not ${first}`);
    }
    this.#uploads.set(session, Buffer.concat([before, chunk]));
  }

  finishUpload(session: string, name: string, digest: string): void {
    const content = this.upload(session);
    this.#uploads.delete(session);
    this.putBlob(name, digest, content);
  }

  #known(name: string): Repository {
    const repository = this.#repositories.get(name);
    if (!repository) throw new Refusal(404, 'NAME_UNKNOWN', `repository ${name} is not known to the registry`);
    return repository;
  }

  #made(name: string): Repository {
    if (!isRepositoryPath(name)) throw new Refusal(400, 'NAME_INVALID', `"${name}" is not a repository path`);
    const repository = this.#repositories.get(name) ?? { blobs: new Map(), manifests: new Map(), tags: new Map() };
    this.#repositories.set(name, repository);
    return repository;
  }
}

interface Descriptor {
  readonly digest: string;
  readonly mediaType?: string;
}

/** What a manifest needs in its own repository before it may be put there. */
function partsOf(manifest: StoredManifest): {
  readonly blobs: readonly string[];
  readonly manifests: readonly string[];
} {
  let content: { mediaType?: string; config?: Descriptor; layers?: Descriptor[]; manifests?: Descriptor[] };
  try {
    content = JSON.parse(manifest.bytes.toString('utf8'));
  } catch (cause) {
    throw new Refusal(400, 'MANIFEST_INVALID', `the manifest is not JSON: ${cause}`);
  }
  if (content.mediaType !== undefined && content.mediaType !== manifest.mediaType) {
    throw new Refusal(400, 'MANIFEST_INVALID', `Content-Type ${manifest.mediaType}, mediaType ${content.mediaType}`);
  }
  const layers = (content.layers ?? []).filter((layer) => !isNonDistributableLayer(layer.mediaType ?? ''));
  const blobs = content.config === undefined ? layers : [content.config, ...layers];
  return {
    blobs: blobs.map(({ digest }) => digest),
    manifests: (content.manifests ?? []).map(({ digest }) => digest),
  };
}

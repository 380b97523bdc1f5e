import type { Readable } from 'node:stream';
import type { ChartImagesError } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import type { Place } from './adaptive-limit.ts';
import type { PullBudget } from './pull-budget.ts';

/** The descriptor of a manifest (OCI image-spec descriptor.md). */
export interface ManifestDescriptor {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of the manifest, without its layers. */
  readonly size: number;
}

export interface Manifest extends ManifestDescriptor {
  /** The bytes of the registry, with a verified digest. */
  readonly bytes: Buffer;
}

/** Content by digest (OCI image-spec descriptor.md). */
export interface Descriptor {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** A stream can be sent only once. A function opens the content for each attempt. */
export type BlobContent = Buffer | Readable | (() => Promise<Buffer | Readable>);

export type BlobPushResult = 'exists' | 'mounted' | 'uploaded';

/** The reason of an absence without further details. */
export const notFoundReason = 'not found';

/** A manifest with another manifest as its subject. */
export interface Referrer {
  readonly digest: Digest;
  /** As in the list of the registry, with type, size and annotations. */
  readonly descriptor: Readonly<Record<string, unknown>>;
}

export interface PutManifestResult {
  /** `OCI-Subject`: the registry lists the manifest as a referrer of this one. */
  readonly subject: Digest | undefined;
}

/** The rights that a request asks for. */
export type Access = 'pull' | 'pull,push';

/** Absence and failure are different results. */
export type Lookup<T> =
  | { readonly result: 'found'; readonly value: T }
  | { readonly result: 'absent'; readonly reason: string }
  | { readonly result: 'unknown'; readonly error: ChartImagesError };

/** The read side of one registry. Methods throw ChartImagesError. */
export interface RegistryReader {
  /** As in the inputs, for messages. */
  readonly host: string;
  /** `key` is a tag or a digest. Throws only `cancelled`. */
  headManifest(repository: string, key: string, access?: Access): Promise<Lookup<ManifestDescriptor>>;
  /** Verified with `key` if it is a digest, or else with the digest header of the response. */
  getManifest(repository: string, key: string, access?: Access): Promise<Manifest>;
  /** Waits for a place among the reads, for all requests of one blob. The caller releases it. */
  reserveRead(): Promise<Place>;
  /**
   * A stream of the bytes from `offset` (default 0). Not verified: the consumer must hash it. Without a place, it takes
   * one until the stream ends.
   */
  getBlob(repository: string, blob: Descriptor, offset?: number, place?: Place): Promise<Readable>;
  /** The tags of the first pages. `all`: throws if there are more pages than the limit. */
  listTags(repository: string, extent?: 'first-pages' | 'all'): Promise<readonly string[]>;
  /** Undefined if the registry doesn't support the API. */
  listReferrers(repository: string, digest: Digest, access?: Access): Promise<readonly Referrer[] | undefined>;
  /** As of the last response that had one. Undefined if pulls are not counted. */
  pullBudget(): PullBudget | undefined;
  /** Many registries don't support it, or not for every user. */
  listRepositories(): Promise<readonly string[]>;
}

/** The write side of one registry. */
export interface RegistryWriter {
  readonly host: string;
  headManifest(repository: string, key: string, access?: Access): Promise<Lookup<ManifestDescriptor>>;
  hasBlob(repository: string, blob: Descriptor): Promise<boolean>;
  /**
   * `from` is a repository of this registry with the blob, to mount it from. If it is `repository` itself, the registry
   * is asked whether it has the blob. The registry verifies the digest. The content is always consumed or destroyed.
   */
  putBlob(repository: string, blob: Descriptor, content: BlobContent, from?: string): Promise<BlobPushResult>;
  /** False after the registry has ignored several mounts from other repositories, and made none. */
  supportsMount(): boolean;
  /** `key` is a tag or the manifest's digest. */
  putManifest(repository: string, key: string, manifest: Manifest): Promise<PutManifestResult>;
  getManifest(repository: string, key: string, access?: Access): Promise<Manifest>;
  /** Undefined if the registry doesn't support the API. */
  listReferrers(repository: string, digest: Digest, access?: Access): Promise<readonly Referrer[] | undefined>;
}

export interface Registry extends RegistryReader, RegistryWriter {}

/**
 * The write side, which reads with the right to push too. Some registries grant `pull` alone only on repositories that
 * exist, but let robots create others (Quay's "Creator").
 */
export function writerOf(registry: Registry): RegistryWriter {
  return {
    ...registry,
    headManifest: (repository, key) => registry.headManifest(repository, key, 'pull,push'),
    getManifest: (repository, key) => registry.getManifest(repository, key, 'pull,push'),
    listReferrers: (repository, digest) => registry.listReferrers(repository, digest, 'pull,push'),
  };
}

/** All registries of a run, with one client, token cache and concurrency limit for each host. */
export interface Registries {
  get(host: string): Registry;
  close(): Promise<void>;
}

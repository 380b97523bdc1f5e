import type { Readable } from 'node:stream';
import type { ChartImagesError } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';

/** What a registry says of a manifest without handing it over. */
export interface ManifestDescriptor {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of the manifest itself. */
  readonly size: number;
}

export interface Manifest extends ManifestDescriptor {
  /** Exactly the bytes that the registry sent; their digest was verified. */
  readonly bytes: Buffer;
}

/** Content by digest (OCI image-spec descriptor.md). */
export interface Descriptor {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** A stream can be sent once; a function opens the content again for each try, and only when it is wanted. */
export type BlobContent = Buffer | Readable | (() => Promise<Buffer | Readable>);

/** How a blob came to be in a repository. */
export type BlobPushResult = 'present' | 'mounted' | 'uploaded';

/** The reason of an absence without more to it. */
export const notFoundReason = 'not there';

/** What names a manifest as its subject. */
export interface Referrer {
  readonly digest: Digest;
  /** As the registry lists it, with type, size and annotations. */
  readonly descriptor: Readonly<Record<string, unknown>>;
}

/** What a registry says of a manifest that it took. */
export interface PutManifestResult {
  /** `OCI-Subject`: the registry lists the manifest as a referrer of this one. */
  readonly subject: Digest | undefined;
}

/** The answer to "is it there?". Absence is not failure is not silence. */
export type Lookup<T> =
  | { readonly result: 'found'; readonly value: T }
  | { readonly result: 'absent'; readonly reason: string }
  | { readonly result: 'unknown'; readonly error: ChartImagesError };

/** The read side of one registry. Methods other than the `head` ones throw ChartImagesError. */
export interface RegistryReader {
  /** The host as the user names it, for messages. */
  readonly host: string;
  /** `key` is a tag or a digest. Never throws but for `cancelled`. */
  headManifest(repository: string, key: string): Promise<Lookup<ManifestDescriptor>>;
  /** Verified against the digest when `key` is one, and against the registry's own digest header otherwise. */
  getManifest(repository: string, key: string): Promise<Manifest>;
  /** A stream of the blob's bytes from `offset` (0) on, not verified yet: the consumer must hash it. */
  getBlob(repository: string, blob: Descriptor, offset?: number): Promise<Readable>;
  /** The tags of the first pages, or all of them: then a list that is longer than can be read is an error. */
  listTags(repository: string, extent?: 'first-pages' | 'all'): Promise<readonly string[]>;
  /** What refers to a manifest; undefined where the registry has no API for it. */
  listReferrers(repository: string, digest: Digest): Promise<readonly Referrer[] | undefined>;
  /** Not every registry sends it, or sends it to every user. */
  listRepositories(): Promise<readonly string[]>;
}

/** The write side of one registry. */
export interface RegistryWriter {
  readonly host: string;
  headManifest(repository: string, key: string): Promise<Lookup<ManifestDescriptor>>;
  hasBlob(repository: string, blob: Descriptor): Promise<boolean>;
  /**
   * Puts a blob; the registry verifies the digest on the closing request. `from` is a repository of this registry that has
   * the blob: it is mounted from there where the registry does that. Where `from` is `repository` itself it is a question:
   * nothing is sent when the blob is there. The content is consumed or destroyed in any case.
   */
  putBlob(repository: string, blob: Descriptor, content: BlobContent, from?: string): Promise<BlobPushResult>;
  /** False once the registry has shown that it mounts nothing from other repositories. */
  supportsMount(): boolean;
  /** `key` is a tag or the manifest's digest. */
  putManifest(repository: string, key: string, manifest: Manifest): Promise<PutManifestResult>;
  getManifest(repository: string, key: string): Promise<Manifest>;
}

export interface Registry extends RegistryReader, RegistryWriter {}

/** All registries of a run: one client, one token cache and one concurrency bound per host. */
export interface Registries {
  at(host: string): Registry;
  close(): Promise<void>;
}

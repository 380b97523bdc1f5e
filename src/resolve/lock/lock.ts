import type { Digest } from '../../core/oci/digest.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import type { Resolution } from '../resolution.ts';

/**
 * Content of a lock file: `{ "version": 1, "images": { "<reference as written>": { "source": "<registry reference>",
 * "digest": "sha256:…" } } }`, sorted, so that the same run writes the same bytes.
 */
export interface Lock {
  readonly images: ReadonlyMap<string, LockedImage>;
}

export interface LockedImage {
  /** Reference without digest, for readers only. */
  readonly source: string;
  /** The locked digest. */
  readonly digest: Digest;
}

/** The lock file of a run. */
export interface LockFile {
  /** Absolute. */
  readonly path: string;
  /** For messages. */
  readonly name: string;
  /** Undefined if the file does not exist yet. */
  readonly lock: Lock | undefined;
  /** `frozen`: the file is not written, and a missing image is a finding. */
  readonly mode: 'kept' | 'frozen';
}

/** Undefined unless all images were found, because a partial lock would not pin the rest. */
export function createLock(resolutions: readonly Resolution[]): Lock | undefined {
  const images = new Map<string, LockedImage>();
  for (const resolution of resolutions) {
    if (resolution.status !== 'found') return undefined;
    const source = formatReference({ ...resolution.candidate.reference, digest: undefined });
    images.set(resolution.image.image, { source, digest: resolution.manifest.digest });
  }
  return { images };
}

/** Locked images that the run does not use, in order. */
export function staleEntries(lock: Lock | undefined, resolutions: readonly Resolution[]): readonly string[] {
  const named = new Set(resolutions.map(({ image }) => image.image));
  return [...(lock?.images.keys() ?? [])].filter((image) => !named.has(image));
}

/** Sorted by code units, independent of the locale. */
export function formatLock({ images }: Lock): string {
  const sorted = [...images].sort(([left], [right]) => (left < right ? -1 : 1));
  const entries = sorted.map(([image, { source, digest }]) => [image, { source, digest }] as const);
  return `${JSON.stringify({ version: 1, images: Object.fromEntries(entries) }, undefined, 2)}\n`;
}

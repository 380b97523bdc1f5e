import type { Digest } from '../../core/oci/digest.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import type { Resolution } from '../resolution.ts';

/**
 * What the images of a run were when they were last all found. The file is JSON:
 *
 *     { "version": 1,
 *       "images": { "repository/release/contoso-a:1.0.0": {
 *         "source": "myregistry.azurecr.io/release/contoso-a:1.0.0",
 *         "digest": "sha256:…" } } }
 *
 * Keys are the references as charts write them, sorted; the same run writes the same bytes.
 */
export interface Lock {
  readonly images: ReadonlyMap<string, LockedImage>;
}

export interface LockedImage {
  /** Where it was found, without its digest: for the reader of a change, the digest is what counts. */
  readonly source: string;
  /** What the image is held to. */
  readonly digest: Digest;
}

/** The lock file of a run. */
export interface LockFile {
  /** Absolute. */
  readonly path: string;
  /** As messages name it. */
  readonly name: string;
  /** Undefined where the file does not exist yet. */
  readonly lock: Lock | undefined;
  /** `frozen`: an image that is not in the file is a finding, and the file is not written. */
  readonly mode: 'kept' | 'frozen';
}

/** What there is to lock; undefined unless everything was found: half of a lock would hold the rest to nothing. */
export function createLock(resolutions: readonly Resolution[]): Lock | undefined {
  const images = new Map<string, LockedImage>();
  for (const resolution of resolutions) {
    if (resolution.status !== 'found') return undefined;
    const source = formatReference({ ...resolution.candidate.location, digest: undefined });
    images.set(resolution.image.image, { source, digest: resolution.manifest.digest });
  }
  return { images };
}

/** The images of a lock that a run does not name, in their order. */
export function staleEntries(lock: Lock | undefined, resolutions: readonly Resolution[]): readonly string[] {
  const named = new Set(resolutions.map(({ image }) => image.image));
  return [...(lock?.images.keys() ?? [])].filter((image) => !named.has(image));
}

/** The text of the file, sorted by code units, which no locale changes. */
export function formatLock({ images }: Lock): string {
  const sorted = [...images].sort(([left], [right]) => (left < right ? -1 : 1));
  const entries = sorted.map(([image, { source, digest }]) => [image, { source, digest }] as const);
  return `${JSON.stringify({ version: 1, images: Object.fromEntries(entries) }, undefined, 2)}\n`;
}

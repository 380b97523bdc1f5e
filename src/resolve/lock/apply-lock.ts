import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import type { Finding } from '../../core/findings.ts';
import type { Digest } from '../../core/oci/digest.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import type { Lookup, ManifestDescriptor, Registries } from '../../registry/client/registry.ts';
import { createCachedLookup, type LookupManifest } from '../lookup-manifest.ts';
import type { Resolution, Resolutions } from '../resolution.ts';
import { formatUses, stripFullStop } from '../use-text.ts';
import type { LockFile } from './lock.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** One image after its lock entry was applied. */
interface LockedResult {
  readonly resolution: Resolution;
  readonly findings: readonly Finding[];
}

/**
 * Replaces each found image by its locked digest. A moved tag is `drift`, and missing locked content makes the image
 * `absent`, because the current content of the tag was not locked. One request per moved image. Throws only
 * `cancelled`.
 */
export async function applyLock(
  resolutions: readonly Resolution[],
  file: LockFile | undefined,
  registries: Registries,
  { concurrency }: { readonly concurrency: number },
): Promise<Resolutions> {
  if (file === undefined) return { resolutions, findings: [] };
  const lookupManifest = createCachedLookup(registries);
  const limit = createConcurrencyLimit(concurrency);
  const results = await Promise.all(
    resolutions.map((resolution) => limit(() => applyEntry(resolution, file, lookupManifest))),
  );
  return {
    resolutions: results.map(({ resolution }) => resolution),
    findings: results.flatMap(({ findings }) => findings),
  };
}

async function applyEntry(
  resolution: Resolution,
  file: LockFile,
  lookupManifest: LookupManifest,
): Promise<LockedResult> {
  const { image } = resolution;
  const locked = file.lock?.images.get(image.image);
  if (locked === undefined) {
    return { resolution, findings: file.mode === 'frozen' ? [notLocked(resolution, file)] : [] };
  }
  if (resolution.status !== 'found' || resolution.manifest.digest === locked.digest) {
    return { resolution, findings: [] };
  }
  const moved = drift(resolution, locked.digest, file);
  // The reference has a digest, so the chart decides and the lock is outdated.
  if (image.reference.digest !== undefined) return { resolution, findings: [moved] };
  const location = { ...resolution.candidate.reference, digest: locked.digest };
  return fromLock(resolution, { ...resolution.candidate, reference: location }, await lookupManifest(location), moved);
}

function fromLock(
  resolution: Found,
  candidate: Found['candidate'],
  response: Lookup<ManifestDescriptor>,
  moved: Finding,
): LockedResult {
  const { image, lookups } = resolution;
  switch (response.result) {
    case 'found':
      return { resolution: { ...resolution, candidate, manifest: response.value }, findings: [moved] };
    case 'absent': {
      const lookup = { result: 'absent', candidate, reason: response.reason } as const;
      const resolved: Resolution = { status: 'absent', image, lookups: [...lookups, lookup] };
      return { resolution: resolved, findings: [moved, lockedContentMissing(resolved, candidate)] };
    }
    case 'unknown': {
      const lookup = { result: 'unknown', candidate, error: response.error } as const;
      const resolved: Resolution = { status: 'unknown', image, lookups: [...lookups, lookup] };
      return { resolution: resolved, findings: [moved, lockedContentUnknown(resolved, candidate, response.error)] };
    }
  }
}

function drift({ image, candidate, manifest }: Found, locked: Digest, { name }: LockFile): Finding {
  const now = `${formatReference({ ...candidate.reference, digest: undefined })} is now ${manifest.digest}`;
  return {
    code: 'drift',
    severity: 'warning',
    message: `${image.image} (used in ${formatUses(image)}) is locked to ${locked}, but ${now}.`,
    advice: `The locked content is used. To accept the new content, remove the entry of the image from ${name} and run again.`,
    image: image.image,
  };
}

function notLocked({ image }: Resolution, { name }: LockFile): Finding {
  return {
    code: 'drift',
    severity: 'error',
    message: `${image.image} (used in ${formatUses(image)}) is not in ${name}, and the run is frozen.`,
    advice: `Run once without frozen, review the changes of ${name}, and commit it.`,
    image: image.image,
  };
}

function lockedContentMissing({ image }: Resolution, candidate: Found['candidate']): Finding {
  return {
    code: 'absent',
    severity: 'error',
    message: `Locked content not found: ${image.image} (used in ${formatUses(image)}). Checked: ${formatReference(candidate.reference)}.`,
    advice:
      'Push that content again. To accept the current content of the tag, remove the entry of the image from the lock file.',
    image: image.image,
  };
}

function lockedContentUnknown(
  { image }: Resolution,
  candidate: Found['candidate'],
  error: Error & { advice: string },
): Finding {
  return {
    code: 'unknown',
    severity: 'error',
    message: `Cannot check the locked content of ${image.image} (used in ${formatUses(image)}) at ${formatReference(candidate.reference)}: ${stripFullStop(error.message)}.`,
    advice: error.advice,
    image: image.image,
  };
}

import { createConcurrencyLimit } from '../../core/concurrency-limit.ts';
import type { Finding } from '../../core/findings.ts';
import type { Digest } from '../../core/oci/digest.ts';
import { formatReference } from '../../core/oci/registry-reference.ts';
import type { Registries } from '../../registry/client/registry.ts';
import { hasDigest } from '../../registry/client/same-content.ts';
import { createCachedLookup, type LookupManifest, orUndefined } from '../lookup-manifest.ts';
import type { Candidate, Lookup, Resolution, Resolutions } from '../resolution.ts';
import { formatUses, stripFullStop } from '../use-text.ts';
import type { LockFile } from './lock.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** One image after its lock entry was applied. */
interface LockedResult {
  readonly resolution: Resolution;
  readonly findings: readonly Finding[];
  /** The findings of the lookups about this image no longer hold. */
  readonly isRestored?: true;
}

/**
 * Replaces each image by its locked content, which is looked for by digest in every place of the image: its tag may
 * have moved, or be gone. A moved tag is `drift`, and missing locked content makes the image `absent`, because the
 * current content of the tag was not locked. Throws only `cancelled`.
 */
export async function applyLock(
  { resolutions, findings }: Resolutions,
  file: LockFile | undefined,
  registries: Registries,
  { concurrency }: { readonly concurrency: number },
): Promise<Resolutions> {
  if (file === undefined) return { resolutions, findings };
  const lookupManifest = createCachedLookup(registries);
  const limit = createConcurrencyLimit(concurrency);
  const results = await Promise.all(
    resolutions.map((resolution) => limit(() => applyEntry(resolution, file, { lookupManifest, registries }))),
  );
  const restored = new Set(results.flatMap((one) => (one.isRestored ? [one.resolution.image.image] : [])));
  return {
    resolutions: results.map(({ resolution }) => resolution),
    findings: [...withoutRestored(findings, restored), ...results.flatMap((one) => one.findings)],
  };
}

/** Without the findings that images are absent which the lock has found. */
function withoutRestored(findings: readonly Finding[], restored: ReadonlySet<string>): readonly Finding[] {
  return findings.filter(({ code, image }) => code !== 'absent' || image === undefined || !restored.has(image));
}

interface LockDeps {
  readonly lookupManifest: LookupManifest;
  readonly registries: Registries;
}

async function applyEntry(resolution: Resolution, file: LockFile, deps: LockDeps): Promise<LockedResult> {
  const { image } = resolution;
  const locked = file.lock?.images.get(image.image);
  if (locked === undefined) {
    return { resolution, findings: file.mode === 'frozen' ? [notLocked(resolution, file)] : [] };
  }
  switch (resolution.status) {
    case 'found':
      return await applyToFound(resolution, locked.digest, file, deps);
    case 'absent':
      return await applyToAbsent(resolution, locked.digest, file, deps);
    case 'unknown':
    case 'unresolved':
      return { resolution, findings: [] };
  }
}

async function applyToFound(found: Found, locked: Digest, file: LockFile, deps: LockDeps): Promise<LockedResult> {
  const { image, candidate, lookups } = found;
  if (await isLocked(found, locked, deps.registries)) return { resolution: found, findings: [] };
  const moved = drift(found, locked, file);
  // The reference has a digest, so the chart decides and the lock is outdated.
  if (image.reference.digest !== undefined) return { resolution: found, findings: [moved] };
  const candidates = [candidate, ...lookups.map((lookup) => lookup.candidate).filter((other) => other !== candidate)];
  const content = await lookUpContent(candidates, locked, deps);
  switch (content.result) {
    case 'found':
      return {
        resolution: { ...found, candidate: content.candidate, manifest: content.manifest },
        findings: [moved],
      };
    case 'absent': {
      const resolved: Resolution = { status: 'absent', image, lookups: [...lookups, ...content.lookups] };
      return { resolution: resolved, findings: [moved, lockedContentMissing(resolved, content.lookups)] };
    }
    case 'unknown': {
      const { candidate: asked, error } = content.lookup;
      const resolved: Resolution = { status: 'unknown', image, lookups: [...lookups, content.lookup] };
      return { resolution: resolved, findings: [moved, lockedContentUnknown(resolved, asked, error)] };
    }
  }
}

/** No source has the tag. Its locked content may still be there. */
async function applyToAbsent(
  absent: Resolution,
  locked: Digest,
  file: LockFile,
  deps: LockDeps,
): Promise<LockedResult> {
  const { image, lookups } = absent;
  if (image.reference.digest !== undefined) return { resolution: absent, findings: [] };
  const content = await lookUpContent(
    lookups.map((lookup) => lookup.candidate),
    locked,
    deps,
  );
  if (content.result !== 'found') return { resolution: absent, findings: [] };
  const { candidate, manifest } = content;
  const resolution: Found = { status: 'found', image, lookups, candidate, manifest };
  return { resolution, findings: [tagGone(resolution, locked, file)], isRestored: true };
}

async function isLocked({ candidate, manifest }: Found, locked: Digest, registries: Registries): Promise<boolean> {
  const { registry, repository } = candidate.reference;
  const isSame = await orUndefined(hasDigest(registries.get(registry), repository, manifest, locked));
  return isSame ?? false;
}

type FoundLookup = Extract<Lookup, { result: 'found' }>;
type AbsentLookup = Extract<Lookup, { result: 'absent' }>;
type UnknownLookup = Extract<Lookup, { result: 'unknown' }>;
type Content =
  | FoundLookup
  | { readonly result: 'absent'; readonly lookups: readonly AbsentLookup[] }
  | { readonly result: 'unknown'; readonly lookup: UnknownLookup };

/** Looks up locked content in all places. Content of a digest is the same in each. */
async function lookUpContent(
  candidates: readonly Candidate[],
  digest: Digest,
  { lookupManifest }: LockDeps,
): Promise<Content> {
  const places = new Map(candidates.map((one) => [`${one.reference.registry}/${one.reference.repository}`, one]));
  const absent: AbsentLookup[] = [];
  let unknown: UnknownLookup | undefined;
  for (const one of places.values()) {
    const candidate = { ...one, reference: { ...one.reference, digest } };
    const response = await lookupManifest(candidate.reference);
    if (response.result === 'found') return { result: 'found', candidate, manifest: response.value };
    if (response.result === 'absent') absent.push({ result: 'absent', candidate, reason: response.reason });
    else unknown ??= { result: 'unknown', candidate, error: response.error };
  }
  return unknown === undefined ? { result: 'absent', lookups: absent } : { result: 'unknown', lookup: unknown };
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

function tagGone({ image, candidate }: Found, locked: Digest, { name }: LockFile): Finding {
  return {
    code: 'drift',
    severity: 'warning',
    message: `${image.image} (used in ${formatUses(image)}) is locked to ${locked}, and no source has its tag any more. The locked content is at ${formatReference({ ...candidate.reference, tag: undefined })}.`,
    advice: `The locked content is used. Tag it again in the source, or change the reference and remove the entry of the image from ${name}.`,
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

function lockedContentMissing({ image }: Resolution, lookups: readonly AbsentLookup[]): Finding {
  const checked = lookups.map(({ candidate }) => formatReference(candidate.reference)).join(', ');
  return {
    code: 'absent',
    severity: 'error',
    message: `Locked content not found: ${image.image} (used in ${formatUses(image)}). Checked: ${checked}.`,
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

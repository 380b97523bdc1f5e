import type { Finding } from '../findings.ts';
import type { Digest } from '../image/digest.ts';
import { formatLocation } from '../image/location.ts';
import { createLimit } from '../limit.ts';
import type { Existence, ManifestHead, Registries } from '../registry/registry.ts';
import { type Ask, askOnce } from '../resolution/ask.ts';
import type { Resolution, Resolutions } from '../resolution/resolution.ts';
import { clause, placesOfUse } from '../resolution/wording.ts';
import type { LockFile } from './lock.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** One image after it was held to the lock. */
interface Held {
  readonly resolution: Resolution;
  readonly findings: readonly Finding[];
}

/**
 * Holds each found image to the digest of the lock file: where its tag has moved the locked content is taken, wherever in the
 * image's repository it still is, and the move is told as `drift`. Locked content that is gone makes the image `absent`, as
 * whatever the tag stands for now is not what was locked. Asks one question for each image that moved. Throws only `cancelled`.
 */
export async function holdToLock(
  resolutions: readonly Resolution[],
  file: LockFile | undefined,
  registries: Registries,
  { concurrency }: { readonly concurrency: number },
): Promise<Resolutions> {
  if (file === undefined) return { resolutions, findings: [] };
  const ask = askOnce(registries);
  const limit = createLimit(concurrency);
  const held = await Promise.all(resolutions.map((resolution) => limit(() => hold(resolution, file, ask))));
  return {
    resolutions: held.map(({ resolution }) => resolution),
    findings: held.flatMap(({ findings }) => findings),
  };
}

async function hold(resolution: Resolution, file: LockFile, ask: Ask): Promise<Held> {
  const { image } = resolution;
  const locked = file.lock?.images.get(image.image);
  if (locked === undefined) {
    return { resolution, findings: file.mode === 'frozen' ? [notLocked(resolution, file)] : [] };
  }
  if (resolution.status !== 'found' || resolution.manifest.digest === locked.digest) {
    return { resolution, findings: [] };
  }
  const moved = drift(resolution, locked.digest, file);
  // The chart itself says which content it wants; the lock is what is out of date.
  if (image.reference.digest !== undefined) return { resolution, findings: [moved] };
  const location = { ...resolution.candidate.location, digest: locked.digest };
  return taken(resolution, { ...resolution.candidate, location }, await ask(location), moved);
}

function taken(
  resolution: Found,
  candidate: Found['candidate'],
  answer: Existence<ManifestHead>,
  moved: Finding,
): Held {
  const { image, trace } = resolution;
  switch (answer.result) {
    case 'found':
      return { resolution: { ...resolution, candidate, manifest: answer.value }, findings: [moved] };
    case 'absent': {
      const looked = { result: 'absent', candidate, reason: answer.reason } as const;
      const resolved: Resolution = { status: 'absent', image, trace: [...trace, looked] };
      return { resolution: resolved, findings: [moved, gone(resolved, candidate)] };
    }
    case 'unknown': {
      const looked = { result: 'unknown', candidate, error: answer.error } as const;
      const resolved: Resolution = { status: 'unknown', image, trace: [...trace, looked] };
      return { resolution: resolved, findings: [moved, notKnown(resolved, candidate, answer.error)] };
    }
  }
}

function drift({ image, candidate, manifest }: Found, locked: Digest, { name }: LockFile): Finding {
  const now = `${formatLocation({ ...candidate.location, digest: undefined })} is ${manifest.digest} now`;
  return {
    code: 'drift',
    severity: 'warning',
    message: `${image.image}, used in ${placesOfUse(image)}, is locked to ${locked}, and ${now}.`,
    advice: `What is locked is what counts; to accept the new content, take the entry of the image out of ${name} and run again.`,
    image: image.image,
  };
}

function notLocked({ image }: Resolution, { name }: LockFile): Finding {
  return {
    code: 'drift',
    severity: 'error',
    message: `${image.image}, used in ${placesOfUse(image)}, is not in ${name}, and the run is frozen.`,
    advice: `Run once without frozen, look at what ${name} gains, and commit it.`,
    image: image.image,
  };
}

function gone({ image }: Resolution, candidate: Found['candidate']): Finding {
  return {
    code: 'absent',
    severity: 'error',
    message: `The locked content of ${image.image}, used in ${placesOfUse(image)}, is gone: ${formatLocation(candidate.location)} is not there.`,
    advice:
      'Push that content again, or take the entry of the image out of the lock file to accept what the tag stands for now.',
    image: image.image,
  };
}

function notKnown({ image }: Resolution, candidate: Found['candidate'], error: Error & { advice: string }): Finding {
  return {
    code: 'unknown',
    severity: 'error',
    message: `It is not known whether the locked content of ${image.image}, used in ${placesOfUse(image)}, is still at ${formatLocation(candidate.location)}: ${clause(error.message)}.`,
    advice: error.advice,
    image: image.image,
  };
}

import { formatLocation, type Location, manifestKey } from '../image/location.ts';
import type { Blob, Registries } from '../registry/registry.ts';
import { type Ask, askOnce } from '../resolution/ask.ts';
import { joinNamespace, repositoryAt } from '../resolution/candidates.ts';
import type { Resolution } from '../resolution/resolution.ts';
import { collisionsOf, type Wanted } from './collisions.ts';
import type { OnExisting, Plan, PlannedCopy, PlannedStep, Target } from './plan.ts';
import { planFindings } from './plan-findings.ts';
import { planSizeOf, type Sizer } from './plan-size.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/**
 * Decides what is to be done for every image that was found; writes nothing. Requests to the target are bounded by its
 * client. `sizer` looks into an image as soon as it is known that it is to be copied. Throws only `cancelled`.
 */
export async function planCopies(
  resolutions: readonly Resolution[],
  target: Target,
  onExisting: OnExisting,
  registries: Registries,
  sizer?: Sizer,
): Promise<Plan> {
  const ask = askOnce(registries);
  const found = resolutions.filter((resolution): resolution is Found => resolution.status === 'found');
  const pairs = found.map((resolution) => ({ resolution, wanted: wantedCopy(resolution, target) }));
  const collisions = collisionsOf(pairs.map(({ wanted }) => wanted));
  const parts = new Map<PlannedCopy, readonly Blob[] | undefined>();
  const copies = await Promise.all(
    pairs.map(async ({ resolution, wanted }): Promise<PlannedCopy> => {
      const collision = collisions.get(wanted);
      const step: PlannedStep =
        collision === undefined
          ? await stepFor(resolution, wanted, onExisting, ask)
          : { action: 'conflict', reason: collision };
      const copy: PlannedCopy = { ...wanted, step };
      if (step.action === 'copy') parts.set(copy, await sizer?.partsOf(copy.from));
      return copy;
    }),
  );
  return { copies, findings: planFindings(copies), size: planSizeOf(parts) };
}

function wantedCopy({ image, candidate, manifest }: Found, target: Target): Wanted {
  return {
    image,
    from: { ...candidate.location, digest: manifest.digest },
    manifest,
    to: placeIn(target, candidate.targetRepository, candidate.location),
  };
}

/**
 * A tag is kept, also beside a digest: the digest has decided which content it stands for. Where the reference has only a
 * digest the content is put by digest and gets no tag, unless the target takes nothing without one.
 */
function placeIn(target: Target, repository: string, { tag, digest }: Location): Location {
  const made = target.untagged === 'tag-by-digest' ? digest?.replace(/^\w+:/, '') : undefined;
  const given = tag ?? made;
  return {
    registry: target.registry,
    repository: repositoryAt(target.registry, joinNamespace(target.namespace, repository)),
    tag: given,
    digest: given === undefined ? digest : undefined,
  };
}

async function stepFor(
  { candidate }: Found,
  { manifest, to }: Wanted,
  onExisting: OnExisting,
  ask: Ask,
): Promise<PlannedStep> {
  // The source is the target: looking for the image has already told what is there.
  if (isSamePlace(candidate.location, to)) return { action: 'present' };
  const answer = await ask(to);
  switch (answer.result) {
    case 'unknown':
      return { action: 'unknown', error: answer.error };
    case 'absent':
      return { action: 'copy', replacing: false };
    case 'found':
      if (answer.value.digest === manifest.digest) return { action: 'present' };
      return stepForOther(`${formatLocation(to)} has other content (${answer.value.digest})`, onExisting);
  }
}

function stepForOther(reason: string, onExisting: OnExisting): PlannedStep {
  switch (onExisting) {
    case 'fail':
      return { action: 'conflict', reason };
    case 'skip':
      return { action: 'skip' };
    case 'replace':
      return { action: 'copy', replacing: true };
  }
}

function isSamePlace(one: Location, other: Location): boolean {
  return (
    one.registry === other.registry && one.repository === other.repository && manifestKey(one) === manifestKey(other)
  );
}

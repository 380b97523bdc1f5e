import { passingErrors } from '../../core/errors.ts';
import {
  dockerHub,
  formatReference,
  manifestReference,
  type RegistryReference,
} from '../../core/oci/registry-reference.ts';
import { twoPartNamesAdvice } from '../../registry/client/push-refusal.ts';
import type { ManifestDescriptor, Registries, Registry } from '../../registry/client/registry.ts';
import { hasDigest } from '../../registry/client/same-content.ts';
import { joinNamespace, withDockerHubLibrary } from '../../resolve/candidates.ts';
import { createCachedLookup, type LookupManifest } from '../../resolve/lookup-manifest.ts';
import type { Resolution } from '../../resolve/resolution.ts';
import { findConflicts, type PendingCopy } from './conflicts.ts';
import type { OnExisting, Plan, PlannedAction, PlannedCopy, Target } from './plan.ts';
import { planFindings } from './plan-findings.ts';
import { type SizeEstimator, withSize } from './plan-size.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/**
 * Decides the action for every found image. Writes nothing. `sizer` measures images that will be copied. Throws only
 * `cancelled`.
 */
export async function planCopies(
  resolutions: readonly Resolution[],
  target: Target,
  onExisting: OnExisting,
  registries: Registries,
  sizer?: SizeEstimator,
): Promise<Plan> {
  const lookupManifest = createCachedLookup(registries, target.access);
  const found = resolutions.filter((resolution): resolution is Found => resolution.status === 'found');
  const pairs = found.map((resolution) => ({ resolution, wanted: wantedCopy(resolution, target) }));
  const collisions = findConflicts(pairs.map(({ wanted }) => wanted));
  const copies = await Promise.all(
    pairs.map(async ({ resolution, wanted }): Promise<PlannedCopy> => {
      const collision = collisions.get(wanted);
      if (collision !== undefined) return { ...wanted, step: { action: 'conflict', reason: collision } };
      const step =
        impossibleName(wanted.to) ?? (await stepFor(resolution, wanted, onExisting, { lookupManifest, registries }));
      return { ...wanted, step };
    }),
  );
  return await withSize({ copies, findings: planFindings(copies) }, sizer);
}

function wantedCopy({ image, candidate, manifest }: Found, target: Target): PendingCopy {
  return {
    image,
    from: { ...candidate.reference, digest: manifest.digest },
    manifest,
    to: targetReference(target, candidate.targetRepository, candidate.reference),
  };
}

/**
 * Keeps the tag, even with a digest. A reference with only a digest is pushed by digest, unless the target requires a
 * tag.
 */
function targetReference(target: Target, repository: string, { tag, digest }: RegistryReference): RegistryReference {
  const made = target.untagged === 'tag-by-digest' ? digest?.replace(/^\w+:/, '') : undefined;
  const given = tag ?? made;
  return {
    registry: target.registry,
    repository: withDockerHubLibrary(target.registry, joinNamespace(target.namespace, repository)),
    tag: given,
    digest: given === undefined ? digest : undefined,
  };
}

/** Docker Hub's token server refuses a longer path, with the words for wrong credentials. */
function impossibleName({ registry, repository }: RegistryReference): PlannedAction | undefined {
  if (registry !== dockerHub || repository.split('/').length === 2) return undefined;
  const reason = `Docker Hub has only repositories of the form <namespace>/<name>, and the target is ${repository}`;
  return { action: 'conflict', reason, advice: twoPartNamesAdvice };
}

async function stepFor(
  { candidate }: Found,
  { manifest, to }: PendingCopy,
  onExisting: OnExisting,
  { lookupManifest, registries }: { readonly lookupManifest: LookupManifest; readonly registries: Registries },
): Promise<PlannedAction> {
  // Source and target are the same reference.
  if (isSameReference(candidate.reference, to)) return { action: 'exists' };
  const response = await lookupManifest(to);
  switch (response.result) {
    case 'unknown':
      return { action: 'unknown', error: response.error };
    case 'absent':
      return { action: 'copy', replacing: false };
    case 'found':
      return await stepForFound(response.value, { manifest, to }, onExisting, registries.get(to.registry));
  }
}

/** The registry may report another algorithm than that of the reference. */
async function stepForFound(
  found: ManifestDescriptor,
  { manifest, to }: Pick<PendingCopy, 'manifest' | 'to'>,
  onExisting: OnExisting,
  registry: Registry,
): Promise<PlannedAction> {
  try {
    if (await hasDigest(registry, to.repository, found, manifest.digest)) return { action: 'exists' };
    return stepForOther(`${formatReference(to)} has other content (${found.digest})`, onExisting);
  } catch (thrown) {
    const [error] = passingErrors(thrown);
    return { action: 'unknown', error };
  }
}

function stepForOther(reason: string, onExisting: OnExisting): PlannedAction {
  switch (onExisting) {
    case 'fail':
      return { action: 'conflict', reason };
    case 'skip':
      return { action: 'skip' };
    case 'replace':
      return { action: 'copy', replacing: true };
  }
}

function isSameReference(one: RegistryReference, other: RegistryReference): boolean {
  return (
    one.registry === other.registry &&
    one.repository === other.repository &&
    manifestReference(one) === manifestReference(other)
  );
}

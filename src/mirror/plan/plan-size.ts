import { passingErrors } from '../../core/errors.ts';
import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import { sum } from '../../core/sum.ts';
import type { Descriptor, Registries } from '../../registry/client/registry.ts';
import { type ForeignLayers, listImageBlobs } from './image-blobs.ts';
import type { Plan, PlannedCopy, PlanSize, PullNeed } from './plan.ts';
import { isWithinBudget, pullNeeds } from './pull-needs.ts';

/** Measures the images of a plan. */
export interface SizeEstimator {
  /** Configurations and layers. Undefined if not measured or unreadable. Throws only `cancelled`. */
  partsOf(from: RegistryReference): Promise<readonly Descriptor[] | undefined>;
  /** The pulls that the copies need, measuring included. Undefined if no copy follows. */
  pullsOf(copies: readonly PlannedCopy[]): readonly PullNeed[] | undefined;
}

export interface SizerOptions {
  readonly registries: Registries;
  readonly foreignLayers: ForeignLayers;
  /**
   * `copy`: a copy follows and reuses the cached manifests. `look`: no copy follows, so this must be cheap and avoid
   * counted pulls.
   */
  readonly purpose: 'copy' | 'look';
}

/** Maximum of manifests read for `look`. An image with many platforms has twenty. */
const maximumReads = 200;

/**
 * Slightly below the manifest cache (registry/remember-manifests.ts), so that the copy does not read manifests twice.
 */
const maximumBytes = 14 * 1024 * 1024;

/** Registries that count manifest reads as pulls, with a limit of ten an hour without a login. */
const pullLimitedRegistries = new Set(['docker.io']);

export function createSizeEstimator({ registries, foreignLayers, purpose }: SizerOptions): SizeEstimator {
  let manifests = 0;
  let bytes = 0;
  let ended = false;
  return {
    pullsOf: (copies) => (purpose === 'copy' ? pullNeeds(copies, registries) : undefined),
    async partsOf(from) {
      if (ended || (purpose === 'look' && pullLimitedRegistries.has(from.registry))) return undefined;
      const registry = registries.get(from.registry);
      try {
        const { blobs } = await listImageBlobs(
          from,
          async (repository, key) => {
            manifests += 1;
            if (bytes > maximumBytes || (purpose === 'look' && manifests > maximumReads)) throw new LimitReached();
            const manifest = await registry.getManifest(repository, key);
            bytes += manifest.size;
            return manifest;
          },
          foreignLayers,
        );
        return [...blobs.values()];
      } catch (thrown) {
        // An unresponsive registry is tried once here. The copy reports its error.
        ended = true;
        if (thrown instanceof LimitReached) return undefined;
        const [error] = passingErrors(thrown);
        if (error.code === 'manifest-unsupported' || error.code === 'registry-answer') ended = false;
        return undefined;
      }
    },
  };
}

class LimitReached extends Error {}

/**
 * Images whose manifests are read before the first is copied. A registry with a quota would otherwise serve manifests
 * of all images and the content of none.
 */
const maximumMeasured = 50;

/**
 * Measures the first images of a plan that will be copied. Measuring counts as pulls, so a plan that exceeds the budget
 * of a registry is not measured.
 */
export async function withSize(plan: Plan, sizer: SizeEstimator | undefined): Promise<Plan> {
  if (sizer === undefined) return plan;
  const copies = plan.copies.filter(({ step }) => step.action === 'copy');
  const pulls = sizer.pullsOf(copies);
  if (pulls?.every(isWithinBudget) === false) return { ...plan, pulls };
  const parts = await Promise.all(
    copies.map(async (copy, index) => {
      return [copy, index < maximumMeasured ? await sizer.partsOf(copy.from) : undefined] as const;
    }),
  );
  return { ...plan, size: estimateSize(new Map(parts)), pulls };
}

/** Undefined if no image could be measured. `parts`: of the images to copy. */
function estimateSize(parts: ReadonlyMap<PlannedCopy, readonly Descriptor[] | undefined>): PlanSize | undefined {
  const known = new Map([...parts].flatMap(([copy, blobs]) => (blobs === undefined ? [] : [[copy, blobs] as const])));
  if (known.size === 0) return undefined;
  const sizes = new Map([...known.values()].flat().map(({ digest, size }) => [digest, size]));
  const bytes = sum(sizes.values());
  return { parts: known, bytes, completeness: known.size === parts.size ? 'all' : 'some' };
}

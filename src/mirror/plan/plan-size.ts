import { toErrors } from '../../core/errors.ts';
import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import type { Descriptor, Registries } from '../../registry/client/registry.ts';
import { type ForeignLayers, listImageBlobs } from './image-blobs.ts';
import type { Plan, PlannedCopy, PlanSize } from './plan.ts';

/** Looks what the images of a plan are made of while it is made. */
export interface SizeEstimator {
  /** Configurations and layers; undefined where they are not looked for or could not be read. Throws only `cancelled`. */
  partsOf(from: RegistryReference): Promise<readonly Descriptor[] | undefined>;
}

export interface SizerOptions {
  readonly registries: Registries;
  readonly foreignLayers: ForeignLayers;
  /**
   * `copy`: the copy that follows needs the same manifests and finds them in hand. `look`: nothing follows, so it must cost
   * little, and no pulls where these are counted.
   */
  readonly purpose: 'copy' | 'look';
}

/** Manifests that are read only to be looked at. An image of many platforms has twenty. */
const maximumReads = 200;

/** A little under what a registry remembers of them (registry/remember-manifests.ts): the copy would read the rest again. */
const maximumBytes = 14 * 1024 * 1024;

/** Counts reading a manifest against a limit of pulls, of which those without a login have ten an hour. */
const pullLimitedRegistries = new Set(['docker.io']);

export function createSizeEstimator({ registries, foreignLayers, purpose }: SizerOptions): SizeEstimator {
  let manifests = 0;
  let bytes = 0;
  let ended = false;
  return {
    async partsOf(from) {
      if (ended || (purpose === 'look' && pullLimitedRegistries.has(from.registry))) return undefined;
      const registry = registries.at(from.registry);
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
        // A registry that does not answer costs the patience of the client once here, and is reported by the copy.
        ended = true;
        if (thrown instanceof LimitReached) return undefined;
        const [error] = toErrors(thrown);
        if (error === undefined || error.code === 'cancelled' || error.code === 'internal') throw thrown;
        if (error.code === 'manifest-unsupported' || error.code === 'registry-answer') ended = false;
        return undefined;
      }
    },
  };
}

class LimitReached extends Error {}

/** A plan whose images were not looked into while it was made. */
export async function withSize(plan: Plan, sizer: SizeEstimator | undefined): Promise<Plan> {
  if (sizer === undefined) return plan;
  const copies = plan.copies.filter(({ step }) => step.action === 'copy');
  const parts = await Promise.all(copies.map(async (copy) => [copy, await sizer.partsOf(copy.from)] as const));
  return { ...plan, size: estimateSize(new Map(parts)) };
}

/** Undefined where the parts of no image are known. `parts`: of the copies that are to be made. */
export function estimateSize(parts: ReadonlyMap<PlannedCopy, readonly Descriptor[] | undefined>): PlanSize | undefined {
  const known = new Map([...parts].flatMap(([copy, blobs]) => (blobs === undefined ? [] : [[copy, blobs] as const])));
  if (known.size === 0) return undefined;
  const sizes = new Map([...known.values()].flat().map(({ digest, size }) => [digest, size]));
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { parts: known, bytes, completeness: known.size === parts.size ? 'all' : 'some' };
}

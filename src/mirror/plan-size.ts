import { errorsOf } from '../errors.ts';
import type { Location } from '../image/location.ts';
import type { Blob, Registries } from '../registry/registry.ts';
import { type ForeignLayers, partsOfImage } from './parts-of-image.ts';
import type { Plan, PlannedCopy, PlanSize } from './plan.ts';

/** Looks what the images of a plan are made of while it is made. */
export interface Sizer {
  /** Configurations and layers; undefined where they are not looked for or could not be read. Throws only `cancelled`. */
  partsOf(from: Location): Promise<readonly Blob[] | undefined>;
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
const mostLookedAt = 200;

/** A little under what a registry remembers of them (registry/remember-manifests.ts): the copy would read the rest again. */
const mostBytes = 14 * 1024 * 1024;

/** Counts reading a manifest against a limit of pulls, of which those without a login have ten an hour. */
const countsPulls = new Set(['docker.io']);

export function createSizer({ registries, foreignLayers, purpose }: SizerOptions): Sizer {
  let manifests = 0;
  let bytes = 0;
  let ended = false;
  return {
    async partsOf(from) {
      if (ended || (purpose === 'look' && countsPulls.has(from.registry))) return undefined;
      const registry = registries.at(from.registry);
      try {
        const { blobs } = await partsOfImage(
          from,
          async (repository, key) => {
            manifests += 1;
            if (bytes > mostBytes || (purpose === 'look' && manifests > mostLookedAt)) throw new Enough();
            const manifest = await registry.getManifest(repository, key);
            bytes += manifest.size;
            return manifest;
          },
          foreignLayers,
        );
        return [...blobs.values()];
      } catch (thrown) {
        // A registry that does not answer costs the patience of the client once here, and is told by the copy.
        ended = true;
        if (thrown instanceof Enough) return undefined;
        const [error] = errorsOf(thrown);
        if (error === undefined || error.code === 'cancelled' || error.code === 'internal') throw thrown;
        if (error.code === 'manifest-unsupported' || error.code === 'registry-answer') ended = false;
        return undefined;
      }
    },
  };
}

class Enough extends Error {}

/** A plan whose images were not looked into while it was made. */
export async function measuredPlan(plan: Plan, sizer: Sizer | undefined): Promise<Plan> {
  if (sizer === undefined) return plan;
  const copies = plan.copies.filter(({ step }) => step.action === 'copy');
  const parts = await Promise.all(copies.map(async (copy) => [copy, await sizer.partsOf(copy.from)] as const));
  return { ...plan, size: planSizeOf(new Map(parts)) };
}

/** Undefined where the parts of no image are known. `parts`: of the copies that are to be made. */
export function planSizeOf(parts: ReadonlyMap<PlannedCopy, readonly Blob[] | undefined>): PlanSize | undefined {
  const known = new Map([...parts].flatMap(([copy, blobs]) => (blobs === undefined ? [] : [[copy, blobs] as const])));
  if (known.size === 0) return undefined;
  const sizes = new Map([...known.values()].flat().map(({ digest, size }) => [digest, size]));
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { parts: known, bytes, covers: known.size === parts.size ? 'all' : 'some' };
}

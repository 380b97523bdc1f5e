import { copyImages } from '../mirror/copy-images.ts';
import type { OnExisting, Target } from '../mirror/plan.ts';
import { planCopies } from '../mirror/plan-copies.ts';
import { measuredPlan } from '../mirror/plan-size.ts';
import type { Registries } from '../registry/registry.ts';
import type { CopyAccess } from './copy-access.ts';
import type { Destination } from './destination.ts';

/** `registry[/namespace]`. */
export function registryDestination(
  target: Target,
  onExisting: OnExisting,
  registries: Registries,
  access: CopyAccess,
): Destination {
  const { bring, foreign, planSizerFor, sizerFor } = access;
  const into = { kind: 'registry', host: target.registry } as const;
  return {
    async plan(resolutions) {
      return await planCopies(resolutions, target, onExisting, registries, await planSizerFor(into));
    },
    measure: async (plan) => await measuredPlan(plan, await sizerFor(into)),
    carryOut: (plan, options) => copyImages(plan, registries, { ...options, bring, foreign }),
  };
}

import type { Registries } from '../../registry/client/registry.ts';
import { copyImages } from '../copy/copy-images.ts';
import type { OnExisting, Target } from '../plan/plan.ts';
import { planCopies } from '../plan/plan-copies.ts';
import { withSize } from '../plan/plan-size.ts';
import type { CopyContext } from './copy-context.ts';
import type { Destination } from './destination.ts';

/** `registry[/namespace]`. */
export function registryDestination(
  target: Target,
  onExisting: OnExisting,
  registries: Registries,
  access: CopyContext,
): Destination {
  const { bring, foreign, planSizerFor, sizerFor } = access;
  const into = { kind: 'registry', host: target.registry } as const;
  return {
    async plan(resolutions) {
      return await planCopies(resolutions, target, onExisting, registries, await planSizerFor(into));
    },
    estimate: async (plan) => await withSize(plan, await sizerFor(into)),
    copy: (plan, options) => copyImages(plan, registries, { ...options, bring, foreign }),
  };
}

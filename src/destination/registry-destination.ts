import { copyImages } from '../mirror/copy-images.ts';
import type { OnExisting, Target } from '../mirror/plan.ts';
import { planCopies } from '../mirror/plan-copies.ts';
import type { Registries } from '../registry/registry.ts';
import type { Bring } from './bring.ts';
import type { Destination } from './destination.ts';

/** `registry[/namespace]`. */
export function registryDestination(
  target: Target,
  onExisting: OnExisting,
  registries: Registries,
  bring: Bring,
): Destination {
  return {
    plan: (resolutions) => planCopies(resolutions, target, onExisting, registries),
    carryOut: (plan, options) => copyImages(plan, registries, { ...options, bring }),
  };
}

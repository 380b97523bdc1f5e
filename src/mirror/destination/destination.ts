import type { Rendering } from '../../helm/cli/rendering.ts';
import type { Resolution } from '../../resolve/resolution.ts';
import type { CopyOptions } from '../copy/copy-images.ts';
import type { Outcome, Plan } from '../plan/plan.ts';

/** Where the images go. */
export interface Destination {
  /** What is to be done for every image that was found. Writes nothing anywhere. */
  plan(resolutions: readonly Resolution[], renderings: readonly Rendering[]): Promise<Plan>;
  /** The plan, or a part of it, with its size where that is looked for. */
  estimate(plan: Plan): Promise<Plan>;
  /** Carries out the plan that was made last. Throws only for what stands in the way of all images. */
  copy(plan: Plan, options: CopyOptions): Promise<readonly Outcome[]>;
}

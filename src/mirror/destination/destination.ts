import type { Rendering } from '../../helm/cli/rendering.ts';
import type { Resolution } from '../../resolve/resolution.ts';
import type { CopyOptions } from '../copy/copy-images.ts';
import type { Outcome, Plan } from '../plan/plan.ts';

/** Target of the images. */
export interface Destination {
  /** Decides the action for every found image. Writes nothing. */
  plan(resolutions: readonly Resolution[], renderings: readonly Rendering[]): Promise<Plan>;
  /** Adds the size to a plan or a part of it, if it is measured. */
  estimate(plan: Plan): Promise<Plan>;
  /** Executes the last plan. Throws only for errors that concern all images. */
  copy(plan: Plan, options: CopyOptions): Promise<readonly Outcome[]>;
  /** What follows the images of the last copy: its errors do not change their outcomes. */
  complete?(): Promise<void>;
}

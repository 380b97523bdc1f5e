import { joinVariables } from '../join-variables.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Sighting } from '../sighting.ts';
import { variableLists } from '../variable-lists.ts';

/** Variables that make one reference together: `X_IMAGE_REPOSITORY` and `X_VERSION`. */
export function findSplitVariables(object: KubernetesObject): readonly Sighting[] {
  return variableLists(object).flatMap(joinVariables);
}

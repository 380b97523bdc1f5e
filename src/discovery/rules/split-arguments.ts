import { argumentLists } from '../arguments.ts';
import { joinVariables } from '../join-variables.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Sighting } from '../sighting.ts';

/** Flags that make one reference together: `--agent-image-repository=ref`, `--agent-image-tag=1`. */
export function findSplitArguments(object: KubernetesObject): readonly Sighting[] {
  return argumentLists(object).flatMap(joinVariables);
}

import type { RuleMatch } from '../classify/match.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { variableLists } from './env-lists.ts';
import { joinVariables } from './join-variables.ts';

/** Variables that make one reference together: `X_IMAGE_REPOSITORY` and `X_VERSION`. */
export function findSplitVariables(object: KubernetesObject): readonly RuleMatch[] {
  return variableLists(object).flatMap(joinVariables);
}

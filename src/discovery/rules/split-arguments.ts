import type { RuleMatch } from '../classify/match.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { argumentLists } from './arguments.ts';
import { joinVariables } from './join-variables.ts';

/** Flags that make one reference together: `--agent-image-repository=ref`, `--agent-image-tag=1`. */
export function findSplitArguments(object: KubernetesObject): readonly RuleMatch[] {
  return argumentLists(object).flatMap(joinVariables);
}

import { imagesInNamedValue } from '../classify/image-value.ts';
import type { RuleMatch } from '../classify/match.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { argumentLists } from './arguments.ts';

/**
 * References in arguments, commands and the scripts they carry: `--sidecar-image=ref`, `pull ref`, `-image="ref" \`.
 */
export function findArguments(object: KubernetesObject): readonly RuleMatch[] {
  return argumentLists(object).flat().flatMap(imagesInNamedValue);
}

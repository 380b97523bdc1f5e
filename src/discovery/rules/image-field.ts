import { imageFields } from '../classify/image-fields.ts';
import type { RuleMatch } from '../classify/match.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';

/** Fields of custom resources: each operator has its own name for them, and no schema says which are images. */
export function findImageFields(object: KubernetesObject): readonly RuleMatch[] {
  return imageFields(object, 'field');
}

import { imageFields } from '../classify/image-fields.ts';
import type { RuleMatch } from '../classify/match.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';

/** The same fields in a document that a text carries: who reads it is not known, and its `image` may be a picture. */
export function findEmbeddedFields(object: KubernetesObject): readonly RuleMatch[] {
  return imageFields(object, 'text');
}

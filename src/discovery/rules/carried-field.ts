import { imageFields } from '../image-fields.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Sighting } from '../sighting.ts';

/** The same fields in a document that a text carries: who reads it is not known, and its `image` may be a picture. */
export function findCarriedFields(object: KubernetesObject): readonly Sighting[] {
  return imageFields(object, 'text');
}

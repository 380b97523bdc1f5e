import { imageFields } from '../image-fields.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Sighting } from '../sighting.ts';

/** Fields of custom resources: each operator has its own name for them, and no schema says which are images. */
export function findImageFields(object: KubernetesObject): readonly Sighting[] {
  return imageFields(object, 'field');
}

import type { KubernetesObject } from '../kubernetes-object.ts';
import { imagesOutsideDocuments } from '../likeness.ts';
import { meaningOf } from '../name-meaning.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { variableLists } from '../variable-lists.ts';

/**
 * References in the values of environment variables and other `{name, value}` lists, whole or as lists and maps of them:
 * operators are told their operands' images this way.
 */
export function findVariables(object: KubernetesObject): readonly Sighting[] {
  return variableLists(object)
    .flat()
    .flatMap(({ name, text, spot }) =>
      imagesOutsideDocuments(text, meaningOf(name), 'field').map((image) => imageAt(image, spot)),
    );
}

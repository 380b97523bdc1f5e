import { classifyFieldName } from '../classify/field-name.ts';
import { imagesInPlainValue } from '../classify/image-value.ts';
import { imageMatch, type RuleMatch } from '../classify/match.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { variableLists } from './env-lists.ts';

/**
 * References in the values of environment variables and other `{name, value}` lists, whole or as lists and maps of
 * them: operators get their operands' images this way.
 */
export function findVariables(object: KubernetesObject): readonly RuleMatch[] {
  return variableLists(object)
    .flat()
    .flatMap(({ name, text, position }) =>
      imagesInPlainValue(text, classifyFieldName(name), 'field').map((image) => imageMatch(image, position)),
    );
}

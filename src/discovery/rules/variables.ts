import { classifyFieldName } from '../classify/field-name.ts';
import { imagesInPlainValue } from '../classify/image-value.ts';
import { imageMatch, type RuleMatch } from '../classify/match.ts';
import { type NamedValue, nameValuePairs } from '../classify/named-value.ts';
import { walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { joinVariables } from './join-variables.ts';

/** References in environment variables and other `{name, value}` lists, also as lists and maps of references. */
export function findVariables(object: KubernetesObject): readonly RuleMatch[] {
  return variableLists(object)
    .flat()
    .flatMap(({ name, text, position }) =>
      imagesInPlainValue(text, classifyFieldName(name), 'field').map((image) => imageMatch(image, position)),
    );
}

/** Variables that make one reference together: `X_IMAGE_REPOSITORY` and `X_VERSION`. */
export function findSplitVariables(object: KubernetesObject): readonly RuleMatch[] {
  return variableLists(object).flatMap(joinVariables);
}

/** The lists of `{name, value}` maps in an object: environments, parameters, settings. */
function variableLists(object: KubernetesObject): readonly (readonly NamedValue[])[] {
  const lists: (readonly NamedValue[])[] = [];
  walk(object.node, object.path, {
    list({ node, path }) {
      const variables = nameValuePairs(node, path);
      if (variables.length > 0) lists.push(variables);
    },
  });
  return lists;
}

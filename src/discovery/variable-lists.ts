import type { KubernetesObject } from './kubernetes-object.ts';
import { type NamedText, variablesOf } from './named-text.ts';
import { walk } from './walk.ts';

/** The lists of `{name, value}` maps in an object: environments, parameters, settings. */
export function variableLists(object: KubernetesObject): readonly (readonly NamedText[])[] {
  const lists: (readonly NamedText[])[] = [];
  walk(object.node, object.path, {
    list({ node, path }) {
      const variables = variablesOf(node, path);
      if (variables.length > 0) lists.push(variables);
    },
  });
  return lists;
}

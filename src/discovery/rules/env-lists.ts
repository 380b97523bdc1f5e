import { type NamedValue, nameValuePairs } from '../classify/named-value.ts';
import { walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';

/** The lists of `{name, value}` maps in an object: environments, parameters, settings. */
export function variableLists(object: KubernetesObject): readonly (readonly NamedValue[])[] {
  const lists: (readonly NamedValue[])[] = [];
  walk(object.node, object.path, {
    list({ node, path }) {
      const variables = nameValuePairs(node, path);
      if (variables.length > 0) lists.push(variables);
    },
  });
  return lists;
}

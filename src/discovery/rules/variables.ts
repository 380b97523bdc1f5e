import type { KubernetesObject } from '../kubernetes-object.ts';
import { imagesInValue } from '../likeness.ts';
import { meaningOf } from '../name-meaning.ts';
import { type NamedText, variablesOf } from '../named-text.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { joinVariables } from '../split-variables.ts';
import { walk } from '../walk.ts';

/** References in the values of environment variables and other `{name, value}` lists, whole or as lists and maps of them. */
export function findVariables(object: KubernetesObject): readonly Sighting[] {
  return listsOfVariables(object).flatMap((variables) =>
    variables.flatMap(({ name, text, spot }) => {
      return imagesInValue(text, meaningOf(name), 'field').map((image) => imageAt(image, spot));
    }),
  );
}

/** Variables that make one reference together: `X_IMAGE_REPOSITORY` and `X_VERSION`. */
export function findSplitVariables(object: KubernetesObject): readonly Sighting[] {
  return listsOfVariables(object).flatMap(joinVariables);
}

function listsOfVariables(object: KubernetesObject): readonly (readonly NamedText[])[] {
  const lists: (readonly NamedText[])[] = [];
  walk(object.node, object.path, {
    list({ node, path }) {
      const variables = variablesOf(node, path);
      if (variables.length > 0) lists.push(variables);
    },
  });
  return lists;
}

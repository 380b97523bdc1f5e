import { argumentsOf, holdsArguments } from '../arguments.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { imagesInValue } from '../likeness.ts';
import { meaningOf } from '../name-meaning.ts';
import type { NamedText } from '../named-text.ts';
import { below } from '../path.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { joinVariables } from '../split-variables.ts';
import { walk } from '../walk.ts';

/** References in arguments, commands and the scripts they carry: `--sidecar-image=ref`, `pull ref`, `-image="ref" \`. */
export function findArguments(object: KubernetesObject): readonly Sighting[] {
  return argumentLists(object).flatMap((texts) =>
    texts.flatMap(({ name, text, spot }) => {
      return imagesInValue(text, meaningOf(name), 'field').map((image) => imageAt(image, spot));
    }),
  );
}

/** Flags that make one reference together: `--agent-repository=ref`, `--agent-tag=1`. */
export function findSplitArguments(object: KubernetesObject): readonly Sighting[] {
  return argumentLists(object).flatMap(joinVariables);
}

function argumentLists(object: KubernetesObject): readonly (readonly NamedText[])[] {
  const lists: (readonly NamedText[])[] = [];
  walk(object.node, object.path, {
    map({ node, path }) {
      for (const [key, child] of node.entries) {
        if (child.type !== 'map' && holdsArguments(key)) lists.push(argumentsOf(child, below(path, key)));
      }
    },
  });
  return lists;
}

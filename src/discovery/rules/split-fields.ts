import type { KubernetesObject } from '../kubernetes-object.ts';
import { meaningOf } from '../name-meaning.ts';
import { fieldsOf } from '../named-text.ts';
import type { Sighting } from '../sighting.ts';
import { joinParts, partsByStem } from '../split-reference.ts';
import { walk } from '../walk.ts';

/** Registry, repository, image, tag and digest in sibling fields: `image: {registry, repository, tag}` and its kin. */
export function findSplitFields(object: KubernetesObject): readonly Sighting[] {
  const found: Sighting[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      const groups = partsByStem(fieldsOf(node, path));
      const context = meaningOf(key) === 'image' ? 'image-map' : 'map';
      for (const [stem, parts] of groups) {
        const joined = joinParts(parts, stem === '' ? context : 'map');
        if (joined) found.push(joined);
      }
    },
  });
  return found;
}

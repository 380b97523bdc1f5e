import type { KubernetesObject } from '../kubernetes-object.ts';
import { meaningOf } from '../name-meaning.ts';
import { fieldsOf } from '../named-text.ts';
import type { Sighting } from '../sighting.ts';
import { joinParts, partsByStem, type SplitContext } from '../split-reference.ts';
import { walk } from '../walk.ts';
import { wordsOf } from '../words.ts';

/** Registry, repository, image, tag and digest in sibling fields: `image: {registry, repository, tag}` and its kin. */
export function findSplitFields(object: KubernetesObject): readonly Sighting[] {
  const found: Sighting[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      const groups = partsByStem(fieldsOf(node, path));
      for (const [stem, parts] of groups) {
        const joined = joinParts(parts, stem === '' ? contextOf(key) : 'map');
        if (joined) found.push(joined);
      }
    },
  });
  return found;
}

/** Repositories of code and charts have tags as well. */
const sourceWords: ReadonlySet<string> = new Set(
  'chart charts git github gitlab helm module repo scm source'.split(' '),
);

function contextOf(key: string): SplitContext {
  if (meaningOf(key) === 'image') return 'image-map';
  return wordsOf(key).some((word) => sourceWords.has(word)) ? 'source-map' : 'map';
}

import type { KubernetesObject } from '../kubernetes-object.ts';
import { imagesInValue, type Surroundings } from '../likeness.ts';
import { meaningOf, type NameMeaning } from '../name-meaning.ts';
import { below, type Path } from '../path.ts';
import { isPlaceholder } from '../placeholder.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { spotOf } from '../spot.ts';
import type { MapNode, TextNode, TreeNode } from '../tree.ts';
import { walk } from '../walk.ts';
import { isClosed } from '../zones.ts';

/** Fields of an operator's own: named after an image, or holding what can be nothing else. */
export function findImageFields(object: KubernetesObject): readonly Sighting[] {
  return imageFields(object, 'field');
}

/** The same in a document that a text carries, where an `image` without a tag may be a picture. */
export function findCarriedImageFields(object: KubernetesObject): readonly Sighting[] {
  return imageFields(object, 'text');
}

function imageFields(object: KubernetesObject, surroundings: Surroundings): readonly Sighting[] {
  const found: Sighting[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      found.push(...fieldsOfMap(node, path, meaningOf(key), surroundings));
    },
  });
  return found;
}

function fieldsOfMap(map: MapNode, path: Path, around: NameMeaning, surroundings: Surroundings): readonly Sighting[] {
  const found: Sighting[] = [];
  for (const [name, child] of map.entries) {
    if (isClosed(name)) continue;
    const own = meaningOf(name);
    // `images: {proxy: ref}`: the map's name speaks for entries whose own names say nothing.
    const meaning = own === 'nothing' && around === 'image' ? 'image' : own;
    for (const [node, at] of textsBelow(child, below(path, name)))
      found.push(...sight(node, at, meaning, surroundings));
  }
  return found;
}

function textsBelow(node: TreeNode, path: Path): readonly (readonly [TextNode, Path])[] {
  if (node.type === 'text') return [[node, path]];
  if (node.type === 'map') return [];
  return node.items.flatMap((item, index) => (item.type === 'text' ? [[item, below(path, index)] as const] : []));
}

function sight(node: TextNode, path: Path, meaning: NameMeaning, surroundings: Surroundings): readonly Sighting[] {
  // Longer texts are documents of their own.
  if (node.scalar !== 'string' || node.text.trim().includes('\n')) return [];
  const spot = spotOf(node, path);
  if (surroundings === 'field' && meaning === 'image' && isPlaceholder(node.text)) {
    return [{ type: 'placeholder', text: node.text, spot }];
  }
  return imagesInValue(node.text, meaning, surroundings).map((image) => imageAt(image, spot));
}

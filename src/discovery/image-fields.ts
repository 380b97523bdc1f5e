import type { KubernetesObject } from './kubernetes-object.ts';
import { imagesOutsideDocuments, type Surroundings } from './likeness.ts';
import { meaningOf, type NameMeaning } from './name-meaning.ts';
import { below, type Path } from './path.ts';
import { isPlaceholder } from './placeholder.ts';
import { imageAt, type Sighting } from './sighting.ts';
import { spotOf } from './spot.ts';
import type { MapNode, TextNode } from './tree.ts';
import { walk } from './walk.ts';
import { isClosed } from './zones.ts';

/** The image fields of an object: named after an image, or holding what can be nothing else. */
export function imageFields(
  object: KubernetesObject,
  surroundings: Exclude<Surroundings, 'container'>,
): readonly Sighting[] {
  const found: Sighting[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      for (const field of fieldsOfMap(node, path)) found.push(...sight(field, key, surroundings));
    },
  });
  return found;
}

interface Field {
  readonly name: string;
  readonly node: TextNode;
  readonly path: Path;
}

/** The texts of a map that can hold a reference at all; those of a list stand under the list's name. */
function fieldsOfMap(map: MapNode, path: Path): readonly Field[] {
  const fields: Field[] = [];
  for (const [name, child] of map.entries) {
    if (child.type === 'map' || isClosed(name)) continue;
    const at = below(path, name);
    if (child.type === 'text') fields.push({ name, node: child, path: at });
    else
      for (const [index, item] of child.items.entries())
        if (item.type === 'text') fields.push({ name, node: item, path: below(at, index) });
  }
  return fields.filter(({ node }) => node.scalar === 'string' && canHoldReference(node.text));
}

/** Longer texts are documents of their own. */
function canHoldReference(text: string): boolean {
  return (/[:/]/.test(text) || isPlaceholder(text)) && !text.trim().includes('\n');
}

function sight({ name, node, path }: Field, mapName: string, surroundings: Surroundings): readonly Sighting[] {
  const own = meaningAmong(meaningOf(name), mapName);
  // `images: {proxy: ref}`: the map's name speaks for entries whose own names say nothing.
  const meaning = own === 'nothing' && meaningOf(mapName) === 'image' ? 'image' : own;
  const spot = spotOf(node, path);
  if (surroundings === 'field' && meaning === 'image' && isPlaceholder(node.text)) {
    return [{ type: 'placeholder', text: node.text, spot }];
  }
  return imagesOutsideDocuments(node.text, meaning, surroundings).map((image) => imageAt(image, spot));
}

/**
 * `disks: [{image: ubuntu/noble}]`: what a disk holds is seldom an image of containers. `plugins: {a: team/a:1.0}`: packages
 * have versions too.
 */
function meaningAmong(own: NameMeaning, mapName: string): NameMeaning {
  if (own === 'nothing' && /(?:modules|plugins)$/i.test(mapName)) return 'not-image';
  return own === 'image' && /(?:^d|[a-z]D|[-_]d)isks?$/.test(mapName) ? 'aspect' : own;
}

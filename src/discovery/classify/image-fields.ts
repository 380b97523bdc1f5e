import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import { positionOf } from '../yaml/yaml-position.ts';
import type { MapNode, TextNode } from '../yaml/yaml-tree.ts';
import { classifyFieldName, type FieldMeaning } from './field-name.ts';
import { imagesInPlainValue, type ValueContext } from './image-value.ts';
import { imageMatch, type RuleMatch } from './match.ts';
import { isPlaceholder } from './placeholder.ts';
import { isSkippedKey } from './skipped-keys.ts';
import { walk } from './walk.ts';

/** The image fields of an object: named after an image, or holding what can be nothing else. */
export function imageFields(
  object: KubernetesObject,
  surroundings: Exclude<ValueContext, 'container'>,
): readonly RuleMatch[] {
  const found: RuleMatch[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      for (const field of fieldsOfMap(node, path)) found.push(...matchField(field, key, surroundings));
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
    if (child.type === 'map' || isSkippedKey(name)) continue;
    const at = childPath(path, name);
    if (child.type === 'text') fields.push({ name, node: child, path: at });
    else
      for (const [index, item] of child.items.entries())
        if (item.type === 'text') fields.push({ name, node: item, path: childPath(at, index) });
  }
  return fields.filter(({ node }) => node.scalar === 'string' && canHoldReference(node.text));
}

/** Longer texts are documents of their own. */
function canHoldReference(text: string): boolean {
  return (/[:/]/.test(text) || isPlaceholder(text)) && !text.trim().includes('\n');
}

function matchField({ name, node, path }: Field, mapName: string, surroundings: ValueContext): readonly RuleMatch[] {
  const own = meaningAmong(classifyFieldName(name), mapName);
  // `images: {proxy: ref}`: the map's name speaks for entries whose own names say nothing.
  const meaning = own === 'nothing' && classifyFieldName(mapName) === 'image' ? 'image' : own;
  const position = positionOf(node, path);
  if (surroundings === 'field' && meaning === 'image' && isPlaceholder(node.text)) {
    return [{ type: 'placeholder', text: node.text, position: position }];
  }
  return imagesInPlainValue(node.text, meaning, surroundings).map((image) => imageMatch(image, position));
}

/**
 * `disks: [{image: ubuntu/noble}]`: what a disk holds is seldom an image of containers. `plugins: {a: team/a:1.0}`: packages
 * have versions too.
 */
function meaningAmong(own: FieldMeaning, mapName: string): FieldMeaning {
  if (own === 'nothing' && /(?:modules|plugins)$/i.test(mapName)) return 'not-image';
  return own === 'image' && /(?:^d|[a-z]D|[-_]d)isks?$/.test(mapName) ? 'aspect' : own;
}

import { classifyFieldName, type FieldMeaning, namesPicture } from '../classify/field-name.ts';
import { imagesInPlainValue, type ValueContext } from '../classify/image-value.ts';
import { imageMatch, positionOf, type RuleMatch } from '../classify/match.ts';
import { isPlaceholder } from '../classify/placeholder.ts';
import { wrongTagReason } from '../classify/refusal-reason.ts';
import { isSkippedKey, walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import type { MapNode, TextNode } from '../yaml/yaml-tree.ts';

/** Fields of custom resources: each operator has its own names, and no schema marks images. */
export function findImageFields(object: KubernetesObject): readonly RuleMatch[] {
  return imageFields(object, 'field');
}

/** The same fields in an embedded document, in which `image` can also be a picture. */
export function findEmbeddedFields(object: KubernetesObject): readonly RuleMatch[] {
  return imageFields(object, 'text');
}

/** Fields whose name means an image, or whose value is an unambiguous reference. */
function imageFields(object: KubernetesObject, context: Exclude<ValueContext, 'container'>): readonly RuleMatch[] {
  const found: RuleMatch[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      for (const field of fieldsOfMap(node, path)) found.push(...matchField(field, key, context));
    },
  });
  return found;
}

interface Field {
  readonly name: string;
  readonly node: TextNode;
  readonly path: Path;
}

/** Strings that can be a reference. Items of a list have the list's name. */
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

/** Texts of several lines are embedded documents. */
function canHoldReference(text: string): boolean {
  return (/[:/]/.test(text) || isPlaceholder(text)) && !text.trim().includes('\n');
}

function matchField({ name, node, path }: Field, mapName: string, context: ValueContext): readonly RuleMatch[] {
  const own = meaningInMap(classifyFieldName(name), mapName);
  // `images: {proxy: ref}`: the name of the map applies to entries whose own names mean nothing.
  const meaning = own === 'nothing' && classifyFieldName(mapName) === 'image' ? 'image' : own;
  const position = positionOf(node, path);
  if (context === 'field' && meaning === 'image' && isPlaceholder(node.text)) {
    return [{ type: 'placeholder', text: node.text, position: position }];
  }
  const images = imagesInPlainValue(node.text, meaning, context);
  const reason = images.length === 0 && meaning === 'image' ? wrongTagReason(node.text) : undefined;
  if (reason !== undefined) return [{ type: 'unreadable', reason, written: node.text, position }];
  return images.map((image) => imageMatch(image, position));
}

/**
 * `disks: [{image: ubuntu/noble}]`: a disk is seldom a container image. `plugins: {a: team/a:1.0}`: packages have
 * versions too.
 */
function meaningInMap(own: FieldMeaning, mapName: string): FieldMeaning {
  if (own === 'nothing' && /(?:modules|plugins)$/i.test(mapName)) return 'not-image';
  const isPicture = own === 'image' && namesPicture(mapName);
  return own === 'image' && (isPicture || /(?:^d|[a-z]D|[-_]d)isks?$/.test(mapName)) ? 'aspect' : own;
}

import type { KubernetesObject } from '../kubernetes-object.ts';
import { fieldsOf, type NamedText } from '../named-text.ts';
import { below, type Path } from '../path.ts';
import { isRegistryPrefix, shapeOf } from '../shape.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { joinParts, partsByStem } from '../split-reference.ts';
import type { TreeNode } from '../tree.ts';
import { isClosed } from '../zones.ts';

interface Inherited {
  readonly registry: NamedText;
  readonly tag: NamedText;
}

/**
 * A registry and a tag given once for all parts, of which each names only its image:
 * `{hub: r.example/mesh, tag: "1.2", proxy: {image: proxy}}` is `r.example/mesh/proxy:1.2`.
 */
export function findInheritedFields(object: KubernetesObject): readonly Sighting[] {
  const found: Sighting[] = [];
  descend(object.node, object.path, undefined, found);
  return found;
}

function descend(node: TreeNode, path: Path, inherited: Inherited | undefined, found: Sighting[]): void {
  if (node.type === 'text') return;
  if (node.type === 'list') {
    for (const [index, item] of node.items.entries()) descend(item, below(path, index), inherited, found);
    return;
  }
  const parts = partsByStem(fieldsOf(node, path)).get('') ?? {};
  const { registry, image } = parts;
  const tag = parts.tag ?? parts.version;
  const own =
    registry !== undefined || parts.repository !== undefined || tag !== undefined || parts.digest !== undefined;
  if (inherited && image && !own && shapeOf(image.text) === 'name-bare') {
    const joined = joinParts({ ...inherited, image }, 'map');
    if (joined?.type === 'image') found.push(imageAt(joined.image, image.spot));
  }
  const passed = registry && parts.tag && isRegistryPrefix(registry.text) ? { registry, tag: parts.tag } : inherited;
  for (const [name, child] of node.entries) {
    if (child.type !== 'text' && !isClosed(name)) descend(child, below(path, name), passed, found);
  }
}

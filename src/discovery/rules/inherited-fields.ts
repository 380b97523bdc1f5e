import type { KubernetesObject } from '../kubernetes-object.ts';
import { fieldsOf, type NamedText } from '../named-text.ts';
import { below, type Path } from '../path.ts';
import { isRegistryPrefix, shapeOf } from '../shape.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { joinParts, type Parts, partsByStem } from '../split-reference.ts';
import type { TreeNode } from '../tree.ts';
import { isClosed } from '../zones.ts';

interface Inherited {
  /** Where images are, given once for all: `{hub: r.example/mesh, tag: "1.2"}`. */
  readonly origin: { readonly registry: NamedText; readonly tag: NamedText } | undefined;
  readonly version: NamedText | undefined;
}

/**
 * What is given once for all parts, of which each names only its image: `{hub: r.example/mesh, tag: "1.2", proxy: {image:
 * proxy}}` is `r.example/mesh/proxy:1.2`, and `{version: "1.2", db: {baseImage: a/db}}` is `a/db:1.2`, because a base image
 * is one that lacks its version.
 */
export function findInheritedFields(object: KubernetesObject): readonly Sighting[] {
  const found: Sighting[] = [];
  descend(object.node, object.path, { origin: undefined, version: undefined }, found);
  return found;
}

function descend(node: TreeNode, path: Path, inherited: Inherited, found: Sighting[]): void {
  if (node.type === 'text') return;
  if (node.type === 'list') {
    for (const [index, item] of node.items.entries()) descend(item, below(path, index), inherited, found);
    return;
  }
  const groups = partsByStem(fieldsOf(node, path));
  const parts = groups.get('') ?? {};
  const { registry, tag } = parts;
  const passed: Inherited = {
    origin: registry && tag && isRegistryPrefix(registry.text) ? { registry, tag } : inherited.origin,
    version: tag ?? parts.version ?? inherited.version,
  };
  for (const joined of [joinOrigin(parts, inherited), joinVersion(groups.get('base') ?? {}, passed)]) {
    if (joined?.type === 'image') found.push(imageAt(joined.image, joined.spot));
  }
  for (const [name, child] of node.entries) {
    if (child.type !== 'text' && !isClosed(name)) descend(child, below(path, name), passed, found);
  }
}

function joinOrigin(parts: Parts, { origin }: Inherited): Sighting | undefined {
  const { image, registry, repository, tag, version, digest } = parts;
  const own = registry ?? repository ?? tag ?? version ?? digest;
  if (!origin || !image || own || shapeOf(image.text) !== 'name-bare') return undefined;
  return joinParts({ ...origin, image }, 'map');
}

function joinVersion({ image }: Parts, { version }: Inherited): Sighting | undefined {
  if (!image || !version) return undefined;
  return joinParts({ image, tag: version }, 'map');
}

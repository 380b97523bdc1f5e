import { imageMatch, type RuleMatch } from '../classify/match.ts';
import { type NamedValue, scalarFields } from '../classify/named-value.ts';
import { classifyReference, isRegistryPrefix } from '../classify/reference-form.ts';
import { isSkippedKey } from '../classify/skipped-keys.ts';
import { assembleReference, partsByStem, type ReferencePieces } from '../classify/split-reference.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import type { TreeNode } from '../yaml/yaml-tree.ts';

interface Inherited {
  /** Where images are, given once for all: `{hub: r.example/mesh, tag: "1.2"}`. */
  readonly origin: { readonly registry: NamedValue; readonly tag: NamedValue } | undefined;
  readonly version: NamedValue | undefined;
}

/**
 * What is given once for all parts, of which each names only its image: `{hub: r.example/mesh, tag: "1.2", proxy: {image:
 * proxy}}` is `r.example/mesh/proxy:1.2`, and `{version: "1.2", db: {baseImage: a/db}}` is `a/db:1.2`, because a base image
 * is one that lacks its version.
 */
export function findInheritedFields(object: KubernetesObject): readonly RuleMatch[] {
  const found: RuleMatch[] = [];
  descend(object.node, object.path, { origin: undefined, version: undefined }, found);
  return found;
}

function descend(node: TreeNode, path: Path, inherited: Inherited, found: RuleMatch[]): void {
  if (node.type === 'text') return;
  if (node.type === 'list') {
    for (const [index, item] of node.items.entries()) descend(item, childPath(path, index), inherited, found);
    return;
  }
  const groups = partsByStem(scalarFields(node, path));
  const parts = groups.get('') ?? {};
  const { registry, tag } = parts;
  const passed: Inherited = {
    origin: registry && tag && isRegistryPrefix(registry.text) ? { registry, tag } : inherited.origin,
    version: tag ?? parts.version ?? inherited.version,
  };
  for (const joined of [joinOrigin(parts, inherited), joinVersion(groups.get('base') ?? {}, passed)]) {
    if (joined?.type === 'image') found.push(imageMatch(joined.image, joined.position));
  }
  for (const [name, child] of node.entries) {
    if (child.type !== 'text' && !isSkippedKey(name)) descend(child, childPath(path, name), passed, found);
  }
}

function joinOrigin(parts: ReferencePieces, { origin }: Inherited): RuleMatch | undefined {
  const { image, registry, repository, tag, version, digest } = parts;
  const own = registry ?? repository ?? tag ?? version ?? digest;
  if (!origin || !image || own || classifyReference(image.text) !== 'name-bare') return undefined;
  return assembleReference({ ...origin, image }, 'map');
}

function joinVersion({ image }: ReferencePieces, { version }: Inherited): RuleMatch | undefined {
  if (!image || !version) return undefined;
  return assembleReference({ image, tag: version }, 'map');
}

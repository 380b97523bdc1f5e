import { imageMatch, type RuleMatch } from '../classify/match.ts';
import { type NamedValue, scalarFields } from '../classify/named-value.ts';
import { classifyReference, isRegistryPrefix } from '../classify/reference-form.ts';
import { assembleReference, partsByStem, type ReferencePieces } from '../classify/split-reference.ts';
import { isSkippedKey } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import type { TreeNode } from '../yaml/yaml-tree.ts';

interface Inherited {
  /** Registry and tag for all images below: `{hub: r.example/mesh, tag: "1.2"}`. */
  readonly defaults: { readonly registry: NamedValue; readonly tag: NamedValue } | undefined;
  readonly version: NamedValue | undefined;
}

/**
 * A registry, tag or version that applies to all images below: `{hub: r.example/mesh, tag: "1.2", proxy: {image:
 * proxy}}` is `r.example/mesh/proxy:1.2`, and `{version: "1.2", db: {baseImage: a/db}}` is `a/db:1.2`, because a base
 * image has no version.
 */
export function findInheritedFields(object: KubernetesObject): readonly RuleMatch[] {
  const found: RuleMatch[] = [];
  descend(object.node, object.path, { defaults: undefined, version: undefined }, found);
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
    defaults: registry && tag && isRegistryPrefix(registry.text) ? { registry, tag } : inherited.defaults,
    version: tag ?? parts.version ?? inherited.version,
  };
  for (const assembled of [joinDefaults(parts, inherited), joinVersion(groups.get('base') ?? {}, passed)]) {
    if (assembled?.type === 'image') found.push(imageMatch(assembled.image, assembled.position));
  }
  for (const [name, child] of node.entries) {
    if (child.type !== 'text' && !isSkippedKey(name)) descend(child, childPath(path, name), passed, found);
  }
}

function joinDefaults(parts: ReferencePieces, { defaults }: Inherited): RuleMatch | undefined {
  const { image, registry, repository, tag, version, digest } = parts;
  const own = registry ?? repository ?? tag ?? version ?? digest;
  if (!defaults || !image || own || classifyReference(image.text) !== 'name-bare') return undefined;
  return assembleReference({ ...defaults, image }, 'map');
}

function joinVersion({ image }: ReferencePieces, { version }: Inherited): RuleMatch | undefined {
  if (!image || !version) return undefined;
  return assembleReference({ image, tag: version }, 'map');
}

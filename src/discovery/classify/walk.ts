import { childPath, type Path } from '../yaml/yaml-path.ts';
import type { ListNode, MapNode, TreeNode } from '../yaml/yaml-tree.ts';
import { isPolicyField } from './field-name.ts';
import { cannotNameImages } from './object-category.ts';

/**
 * Keys whose values can look like references but are not: labels, selectors, schemas, prose, queries, and policies
 * (`app.kubernetes.io/name`, a recording rule `job:x:rate5m`). Annotations have their own rule.
 */
const skippedKeys: ReadonlySet<string> = new Set([
  'metadata',
  'labels',
  'annotations',
  'matchLabels',
  'matchExpressions',
  'affinity',
  'tolerations',
  'topologySpreadConstraints',
  'openAPIV3Schema',
  'expr',
  'record',
  'status',
  'verifyImages',
]);

const skippedSuffix = /(?:selector|description|descriptions|example|examples)$/i;
const exampleFile = /\w\.examples?$/i;

/** True for the name of a file such as `values.yaml.example`, which is installed or copied. */
export function isExampleFile(key: string): boolean {
  return exampleFile.test(key);
}

export function isSkippedKey(key: string): boolean {
  return skippedKeys.has(key) || (skippedSuffix.test(key) && !isExampleFile(key)) || isPolicyField(key);
}

/** A map or list with its key; items of a list have the list's key. */
export interface YamlCollection<N extends MapNode | ListNode> {
  readonly node: N;
  readonly key: string;
  readonly path: Path;
}

interface Visitor {
  map?(collection: YamlCollection<MapNode>): void;
  list?(collection: YamlCollection<ListNode>): void;
}

/** Visits maps and lists in document order, parents first, except below skipped keys and imageless objects. */
export function walk(node: TreeNode, path: Path, visitor: Visitor, key = ''): void {
  if (node.type === 'map') {
    if (cannotNameImages(node)) return;
    visitor.map?.({ node, key, path });
    for (const [name, child] of node.entries) {
      if (child.type !== 'text' && !isSkippedKey(name)) walk(child, childPath(path, name), visitor, name);
    }
  } else if (node.type === 'list') {
    visitor.list?.({ node, key, path });
    for (const [index, item] of node.items.entries()) {
      if (item.type !== 'text') walk(item, childPath(path, index), visitor, key);
    }
  }
}

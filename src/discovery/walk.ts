import { isClosedObject } from './nature.ts';
import { below, type Path } from './path.ts';
import type { ListNode, MapNode, TreeNode } from './tree.ts';
import { isClosed } from './zones.ts';

/** A map or list with the key that it stands under; items of a list stand under the list's key. */
export interface Collection<N extends MapNode | ListNode> {
  readonly node: N;
  readonly key: string;
  readonly path: Path;
}

interface Visitor {
  map?(collection: Collection<MapNode>): void;
  list?(collection: Collection<ListNode>): void;
}

/** Visits every map and list outside the closed zones and objects, parents first, in the order of the document. */
export function walk(node: TreeNode, path: Path, visitor: Visitor, key = ''): void {
  if (node.type === 'map') {
    if (isClosedObject(node)) return;
    visitor.map?.({ node, key, path });
    for (const [name, child] of node.entries) {
      if (child.type !== 'text' && !isClosed(name)) walk(child, below(path, name), visitor, name);
    }
  } else if (node.type === 'list') {
    visitor.list?.({ node, key, path });
    for (const [index, item] of node.items.entries()) {
      if (item.type !== 'text') walk(item, below(path, index), visitor, key);
    }
  }
}

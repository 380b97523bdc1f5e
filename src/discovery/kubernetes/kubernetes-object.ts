import { childPath, type Path } from '../yaml/yaml-path.ts';
import { childOf, type TreeNode, textOf } from '../yaml/yaml-tree.ts';

/** A document, or an item of a `List` document. */
export interface KubernetesObject {
  /** The part of `apiVersion` before the slash; empty for the core group (`v1`). */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly node: TreeNode;
  /** Its path in the document. */
  readonly path: Path;
}

/** The objects of a document. Expands lists (`kind: List`, `DeploymentList`), also nested ones. */
export function objectsIn(node: TreeNode, path: Path = undefined): readonly KubernetesObject[] {
  const kind = textOf(node, 'kind') ?? '';
  const items = childOf(node, 'items');
  if (kind.endsWith('List') && items?.type === 'list') {
    return items.items.flatMap((item, index) => objectsIn(item, childPath(childPath(path, 'items'), index)));
  }
  const apiVersion = textOf(node, 'apiVersion') ?? '';
  const slash = apiVersion.indexOf('/');
  const metadata = childOf(node, 'metadata');
  const name = textOf(metadata, 'name') ?? textOf(metadata, 'generateName') ?? '';
  return [{ group: slash < 0 ? '' : apiVersion.slice(0, slash), kind, name, node, path }];
}

import { childPath } from '../yaml/yaml-path.ts';
import { childOf, type MapNode, type TreeNode } from '../yaml/yaml-tree.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

const textKeys = ['data', 'stringData'] as const;

/** `data` and `stringData` of a ConfigMap or Secret as documents, with base64 decoded. */
export function configMapDocuments(object: KubernetesObject): readonly KubernetesObject[] {
  return textKeys.flatMap((key) => {
    const node = childOf(object.node, key);
    if (node?.type !== 'map') return [];
    const plain = object.kind === 'Secret' && key === 'data' ? decoded(node) : node;
    return [{ ...object, node: plain, path: childPath(object.path, key) }];
  });
}

function decoded(map: MapNode): MapNode {
  const entries = new Map<string, TreeNode>();
  for (const [name, node] of map.entries) {
    const text = node.type === 'text' ? decodeText(node.text) : undefined;
    if (text !== undefined)
      entries.set(name, { type: 'text', text, scalar: 'string', style: 'inline', offset: node.offset });
  }
  return { ...map, entries };
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined if it is not base64 of text: keys, binary certificates, random bytes. */
function decodeText(base64: string): string | undefined {
  const compact = base64.replace(/\s+/g, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  try {
    const text = strictUtf8.decode(Buffer.from(compact, 'base64'));
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

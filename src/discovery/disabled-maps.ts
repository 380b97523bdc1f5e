import { childOf, type TreeNode } from './yaml/yaml-tree.ts';

const keys = ['enabled', 'enable'] as const;
const disabling = /\benabled?["']?[ \t]*:[ \t]*["']?(?:false|no|off)\b/i;

/**
 * The document without maps that are not enabled: a program reads its settings from it, and uses none of those.
 * Undefined if the document as a whole is not. Fields of custom resources are not settings, because operators have
 * defaults for them.
 */
export function withoutDisabledMaps(root: TreeNode, text: string): TreeNode | undefined {
  return text.includes('nable') && disabling.test(text) ? enabledPart(root) : root;
}

function enabledPart(node: TreeNode): TreeNode | undefined {
  if (node.type === 'text') return node;
  if (node.type === 'list') {
    // An empty item keeps the positions of the others.
    const empty: TreeNode = { type: 'map', entries: new Map(), offset: node.offset };
    return { ...node, items: node.items.map((item) => enabledPart(item) ?? empty) };
  }
  if (isDisabled(node)) return undefined;
  const entries = new Map<string, TreeNode>();
  for (const [name, child] of node.entries) {
    const kept = enabledPart(child);
    if (kept !== undefined) entries.set(name, kept);
  }
  return { ...node, entries };
}

function isDisabled(node: TreeNode): boolean {
  return keys.some((key) => {
    const flag = childOf(node, key);
    return flag?.type === 'text' && /^(?:false|no|off)$/i.test(flag.text);
  });
}

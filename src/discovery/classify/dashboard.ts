import type { Path } from '../yaml/yaml-path.ts';
import { childOf, type TreeNode } from '../yaml/yaml-tree.ts';
import { splitWords } from './split-words.ts';

/** Lists that only dashboards have: Grafana's, and those of its forks. */
const panelLists = ['panels', 'rows'] as const;

/**
 * True for a dashboard, whose images are pictures: a document with a list of panels, also below `dashboard`, and a
 * JSON file that is called so.
 */
export function isDashboard(root: TreeNode, text: string, path: Path): boolean {
  if (root.type === 'list') return root.items.some(hasPanels);
  if (hasPanels(root) || hasPanels(childOf(root, 'dashboard'))) return true;
  return text.trimStart().startsWith('{') && splitWords(String(path?.key ?? '')).some(isDashboardWord);
}

function hasPanels(node: TreeNode | undefined): boolean {
  return panelLists.some((key) => {
    const list = childOf(node, key);
    return list?.type === 'list' && list.items.every(({ type }) => type === 'map');
  });
}

function isDashboardWord(word: string): boolean {
  return word === 'dashboard' || word === 'dashboards';
}

import type { ChartNode } from './chart-tree.ts';

/** A file of a chart in the tree. */
export interface TreeFile {
  readonly chart: ChartNode;
  /** From the root of this chart. */
  readonly path: string;
}

/**
 * The file of a template as Helm names it: `parent/charts/sub/templates/b.yaml` is `templates/b.yaml` of the subchart
 * with the key `sub`, which is its alias, not its folder. Undefined if the text, which the chart controls, is no path.
 */
export function templateInTree(root: ChartNode, template: string): TreeFile | undefined {
  const [, ...parts] = template.split('/');
  if (parts.length === 0 || parts.some((part) => /^\.{0,2}$|\\/.test(part))) return undefined;
  let chart = root;
  let start = 0;
  while (parts[start] === 'charts') {
    const subchart = chart.subcharts.find(({ key }) => key === parts[start + 1]);
    if (subchart === undefined) break;
    chart = subchart;
    start += 2;
  }
  return { chart, path: parts.slice(start).join('/') };
}

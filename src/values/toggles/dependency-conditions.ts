import { parseYamlTree } from '../../discovery/yaml/parse-yaml-tree.ts';
import { childOf, type TreeNode, textOf } from '../../discovery/yaml/yaml-tree.ts';
import type { ChartNode } from '../tree/chart-tree.ts';
import type { ReferencedPath } from './value-references.ts';

/** The chart with its values at `prefix`. */
export function nodeAt(tree: ChartNode, prefix: ReferencedPath): ChartNode | undefined {
  return prefix.reduce<ChartNode | undefined>((node, name) => node?.subcharts.find(({ key }) => key === name), tree);
}

/**
 * Values that enable the subchart at `prefix` by `condition` and `tags` (helm.sh/docs/topics/charts, "Tags and
 * Condition fields in dependencies"), with those of its parent charts.
 */
export async function dependencyConditions(
  tree: ChartNode,
  prefix: ReferencedPath,
): Promise<readonly ReferencedPath[]> {
  const toggles: ReferencedPath[] = [];
  for (const [depth, key] of prefix.entries()) {
    const above = prefix.slice(0, depth);
    const parent = nodeAt(tree, above);
    const requested = parent === undefined ? [] : await dependenciesOf(parent);
    for (const dependency of requested) {
      if ((textOf(dependency, 'alias') ?? textOf(dependency, 'name')) !== key) continue;
      const conditions =
        textOf(dependency, 'condition')
          ?.split(',')
          .map((path) => path.trim()) ?? [];
      for (const path of conditions) if (path !== '') toggles.push([...above, ...path.split('.')]);
      const tags = childOf(dependency, 'tags');
      // Helm reads tags from the values of the root chart, whichever file sets them.
      for (const tag of tags?.type === 'list' ? tags.items : [])
        if (tag.type === 'text') toggles.push(['tags', tag.text]);
    }
  }
  return toggles;
}

/** For all subcharts of the tree. */
export async function allDependencyConditions(tree: ChartNode): Promise<readonly ReferencedPath[]> {
  const prefixes = prefixesIn(tree, []);
  return (await Promise.all(prefixes.map((prefix) => dependencyConditions(tree, prefix)))).flat();
}

function prefixesIn(node: ChartNode, prefix: ReferencedPath): readonly ReferencedPath[] {
  const below = node.subcharts.map(({ key }) => [...prefix, key]);
  return node.subcharts.flatMap((subchart, index) => {
    const own = below[index] ?? [];
    return [own, ...prefixesIn(subchart, own)];
  });
}

async function dependenciesOf(node: ChartNode): Promise<readonly TreeNode[]> {
  for (const file of ['requirements.yaml', 'Chart.yaml']) {
    const text = await node.read(file);
    const parsed = text === undefined ? undefined : parseYamlTree(text);
    const list = parsed?.ok ? childOf(parsed.value, 'dependencies') : undefined;
    if (list?.type === 'list') return list.items;
  }
  return [];
}

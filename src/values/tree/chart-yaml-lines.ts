import { lineIndex } from '../../discovery/yaml/line-index.ts';
import { parseYamlTree } from '../../discovery/yaml/parse-yaml-tree.ts';
import { childOf, type TreeNode } from '../../discovery/yaml/yaml-tree.ts';

/** A text of Chart.yaml with its line, from 1. */
export interface LocatedText {
  readonly text: string;
  readonly line: number;
}

/** A dependency, at the line of its name. */
export interface LocatedDependency {
  readonly name: string;
  readonly alias: string | undefined;
  readonly line: number;
}

/** Parts of a Chart.yaml for value tracing, with line numbers. */
export interface ChartYamlLines {
  readonly name: string;
  readonly version: LocatedText | undefined;
  readonly appVersion: LocatedText | undefined;
  readonly dependencies: readonly LocatedDependency[];
}

/** Includes library charts, because their values are part of the parent. Undefined if malformed. */
export function readChartYaml(text: string): ChartYamlLines | undefined {
  const parsed = parseYamlTree(text);
  if (!parsed.ok) return undefined;
  const lineOf = lineIndex(text, 1);
  const written = (node: TreeNode | undefined, key: string): LocatedText | undefined => {
    const child = childOf(node, key);
    return child?.type === 'text' && child.text !== '' ? { text: child.text, line: lineOf(child.offset) } : undefined;
  };
  const name = written(parsed.value, 'name');
  if (name === undefined) return undefined;
  return {
    name: name.text,
    version: written(parsed.value, 'version'),
    appVersion: written(parsed.value, 'appVersion'),
    dependencies: readDependencies(text),
  };
}

/** Dependencies of a Chart.yaml or requirements.yaml. */
export function readDependencies(text: string): readonly LocatedDependency[] {
  const parsed = parseYamlTree(text);
  const list = parsed.ok ? childOf(parsed.value, 'dependencies') : undefined;
  if (list?.type !== 'list') return [];
  const lineOf = lineIndex(text, 1);
  return list.items.flatMap((item) => {
    const name = childOf(item, 'name');
    const alias = childOf(item, 'alias');
    if (name?.type !== 'text') return [];
    const aliasName = alias?.type === 'text' && alias.text !== '' ? alias.text : undefined;
    return [{ name: name.text, alias: aliasName, line: lineOf(name.offset) }];
  });
}

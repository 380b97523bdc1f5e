import { lineIndex } from '../discovery/line-index.ts';
import { readTree } from '../discovery/read-tree.ts';
import { childOf, type TreeNode } from '../discovery/tree.ts';

/** A text of Chart.yaml with its 1-based line. */
export interface WrittenText {
  readonly text: string;
  readonly line: number;
}

/** An entry of `dependencies`, at the line of its name. */
export interface WrittenDependency {
  readonly name: string;
  readonly alias: string | undefined;
  readonly line: number;
}

/** What the search for origins wants of a Chart.yaml: less than the charts room checks, and where it stands. */
export interface ChartYamlLines {
  readonly name: string;
  readonly version: WrittenText | undefined;
  readonly appVersion: WrittenText | undefined;
  readonly dependencies: readonly WrittenDependency[];
}

/** Library charts count too: their values are part of the parent's. Undefined for what is no Chart.yaml. */
export function readChartYaml(text: string): ChartYamlLines | undefined {
  const parsed = readTree(text);
  if (!parsed.ok) return undefined;
  const lineOf = lineIndex(text, 1);
  const written = (node: TreeNode | undefined, key: string): WrittenText | undefined => {
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

/** The `dependencies` of a Chart.yaml or of a requirements.yaml. */
export function readDependencies(text: string): readonly WrittenDependency[] {
  const parsed = readTree(text);
  const list = parsed.ok ? childOf(parsed.value, 'dependencies') : undefined;
  if (list?.type !== 'list') return [];
  const lineOf = lineIndex(text, 1);
  return list.items.flatMap((item) => {
    const name = childOf(item, 'name');
    const alias = childOf(item, 'alias');
    if (name?.type !== 'text') return [];
    const called = alias?.type === 'text' && alias.text !== '' ? alias.text : undefined;
    return [{ name: name.text, alias: called, line: lineOf(name.offset) }];
  });
}

import { lineIndex } from '../../discovery/yaml/line-index.ts';
import { parseYamlTree } from '../../discovery/yaml/parse-yaml-tree.ts';
import { childOf, type TreeNode, textOf } from '../../discovery/yaml/yaml-tree.ts';
import { printedField, quotingAdvice } from './printed-scalar.ts';

/** A text of Chart.yaml with its line, from 1. */
export interface LocatedText {
  /** As helm reads it: `1.1` for an unquoted `1.10`. */
  readonly text: string;
  /** A sentence if this differs from what is written. */
  readonly quoting: string | undefined;
  readonly line: number;
}

/** A dependency, at the line of its name. */
export interface LocatedDependency {
  readonly name: string;
  /** A constraint; empty if there is none. */
  readonly version: string;
  readonly alias: string | undefined;
  /** Empty if there is none. */
  readonly repository: string;
  readonly imports: readonly ImportedValues[];
  readonly line: number;
}

/** An entry of `import-values`: a map in the values of the subchart that its parent gets too. */
export interface ImportedValues {
  readonly child: readonly string[];
  /** Empty for the root. */
  readonly parent: readonly string[];
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
    if (child?.type !== 'text' || child.text === '') return undefined;
    const printed = child.style === 'plain' ? printedField(child.text) : undefined;
    return {
      text: printed?.text ?? child.text,
      quoting: quotingAdvice(child.text, printed),
      line: lineOf(child.offset),
    };
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
    const repository = childOf(item, 'repository');
    const version = childOf(item, 'version');
    if (name?.type !== 'text') return [];
    const aliasName = alias?.type === 'text' && alias.text !== '' ? alias.text : undefined;
    return [
      {
        name: name.text,
        version: version?.type === 'text' ? version.text : '',
        alias: aliasName,
        repository: repository?.type === 'text' ? repository.text : '',
        imports: importsOf(childOf(item, 'import-values')),
        line: lineOf(name.offset),
      },
    ];
  });
}

/**
 * A text is a key of `exports`; a map has the paths `child` and `parent`, where `.` is the root (helm, `chartutil`).
 */
function importsOf(list: TreeNode | undefined): readonly ImportedValues[] {
  if (list?.type !== 'list') return [];
  return list.items.flatMap((item): readonly ImportedValues[] => {
    if (item.type === 'text') return [{ child: ['exports', ...item.text.split('.')], parent: [] }];
    const child = textOf(item, 'child');
    const parent = textOf(item, 'parent');
    if (child === undefined || parent === undefined) return [];
    return [{ child: child.split('.'), parent: parent === '.' ? [] : parent.split('.') }];
  });
}

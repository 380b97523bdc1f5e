import { readText } from '../../core/files/read-file.ts';
import { realDisplayPath } from '../../core/files/real-display-path.ts';
import { parseYamlTree } from '../../discovery/yaml/parse-yaml-tree.ts';
import type { ValueSet } from '../../helm/charts/chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { type ChartNode, type ChartTreeFolders, readChartTree } from './chart-tree.ts';
import type { ValuesSource } from './scalar-value.ts';
import { readAssignments } from './set-assignment.ts';
import { mapOf, mergeValues, noValues, setAt, type ValueNode, withSource } from './value-tree.ts';

/** Helm has no limit. Real values files have less than 1 MiB. */
const maximumValuesBytes = 5 * 1024 * 1024;

/** Values and chart of one rendering. */
export interface EffectiveValues {
  /** Keyed as in a user values file: values of a subchart are below its key. */
  readonly root: ValueNode;
  /** Without the input `set`. A further values file is merged into it. */
  readonly ofFiles: ValueNode;
  /** Undefined if the chart is unreadable. */
  readonly chart: ChartNode | undefined;
}

/**
 * Merges values as helm does, with their sources: values.yaml of subcharts and chart, user files in order, then `set`.
 * Malformed YAML is skipped, because helm has already accepted it and the result is verified by rendering.
 */
export async function effectiveValues(rendering: Rendering, folders: ChartTreeFolders): Promise<EffectiveValues> {
  const tree = await readChartTree(rendering, folders);
  const valueSet = valueSetOf(rendering);
  const ofChart = tree === undefined ? noValues : valuesOfChart(tree);
  let given: ValueNode = noValues;
  for (const file of valueSet.valueFiles) {
    const shown = await realDisplayPath(file, folders.workFolder);
    const text = await readText(file, { maximumBytes: maximumValuesBytes, name: shown });
    given = mergeValues(given, readValues(text, { kind: 'file', file: shown, text, isGiven: true }));
  }
  const ofFiles = mergeValues(ofChart, given);
  // Merged into the user files first, as helm does: `--set a[0]=x` starts a new list even if the chart has one
  // (observed).
  for (const [index, assignments] of valueSet.set.map(readAssignments).entries()) {
    const from = valueSet.setSources?.[index];
    const source: ValuesSource = { kind: 'set', ...(from !== undefined && { from }) };
    for (const { keys, text } of assignments) {
      given = setAt(given, keys, { type: 'scalar', text, scalar: 'string', style: 'inline', source, offset: 0 });
    }
  }
  const root = mergeValues(ofChart, given);
  return { root, ofFiles, chart: tree };
}

function valuesOfChart(node: ChartNode): ValueNode {
  let values: ValueNode = noValues;
  for (const subchart of node.subcharts) values = mergeValues(values, mapOf(subchart.key, valuesOfChart(subchart)));
  const own =
    node.values === undefined ? values : mergeValues(values, readValues(node.values.text, node.values.source));
  return mergeValues(importedValues(node, own), own);
}

/** Values of the chart override those that it imports (helm 3.21 and 4.2, observed). */
function importedValues(node: ChartNode, values: ValueNode): ValueNode {
  let imported: ValueNode = noValues;
  for (const { key, imports } of node.subcharts) {
    for (const { child, parent } of imports) {
      const table = [key, ...child].reduce<ValueNode | undefined>(entryOf, values);
      if (table?.type !== 'map') continue;
      imported = mergeValues(
        parent.reduceRight<ValueNode>((inner, name) => mapOf(name, inner), table),
        imported,
      );
    }
  }
  return imported;
}

function entryOf(node: ValueNode | undefined, key: string): ValueNode | undefined {
  return node?.type === 'map' ? node.entries.get(key) : undefined;
}

function readValues(text: string, source: ValuesSource): ValueNode {
  const parsed = parseYamlTree(text);
  const values = parsed.ok ? withSource(source, parsed.value) : noValues;
  // An empty file is an empty map. A null would remove all values.
  return values.type === 'map' ? values : noValues;
}

export function valueSetOf({ chart, valueSet }: Rendering): ValueSet {
  return chart.valueSets.find(({ name }) => name === valueSet) ?? { name: valueSet, valueFiles: [], set: [] };
}

import { displayPath } from '../../core/files/display-path.ts';
import { readText } from '../../core/files/read-file.ts';
import { parseYamlTree } from '../../discovery/yaml/parse-yaml-tree.ts';
import type { ValueSet } from '../../helm/charts/chart.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { type ChartNode, readChartTree } from './chart-tree.ts';
import type { ValuesSource } from './scalar-value.ts';
import { readAssignments } from './set-assignment.ts';
import { mapOf, mergeValues, noValues, setAt, type ValueNode, withSource } from './value-tree.ts';

/** Helm reads any size; real value files stay below 1 MiB, generated ones included. */
const maximumValuesBytes = 5 * 1024 * 1024;

/** What one rendering was made from. */
export interface EffectiveValues {
  /** Everything under the path that a user's value file would set it by: a subchart's values stand under its key. */
  readonly root: ValueNode;
  /** The same without what `set` sets: what a further value file is laid over. */
  readonly ofFiles: ValueNode;
  /** Undefined when the chart could not be read. */
  readonly chart: ChartNode | undefined;
}

export interface ValuesFolders {
  /** Absolute; files are named from there. */
  readonly workFolder: string;
  /** Absolute. */
  readonly temporary: string;
}

/**
 * The values that helm renders a chart with, each with its writer: values.yaml of the subcharts, of the chart, the user's
 * files in order, then `set`. What does not read as YAML is left out: helm has accepted it, and the rendering that
 * these values are for shows whether they were right.
 */
export async function effectiveValues(rendering: Rendering, folders: ValuesFolders): Promise<EffectiveValues> {
  const tree = await readChartTree(rendering, folders.temporary);
  const valueSet = valueSetOf(rendering);
  const ofChart = tree === undefined ? noValues : valuesOfChart(tree);
  let given: ValueNode = noValues;
  for (const file of valueSet.valueFiles) {
    const text = await readText(file, {
      maximumBytes: maximumValuesBytes,
      name: displayPath(file, folders.workFolder),
    });
    given = mergeValues(given, readValues(text, { kind: 'file', file: displayPath(file, folders.workFolder), text }));
  }
  const ofFiles = mergeValues(ofChart, given);
  // Laid over the files alone, as in helm: `--set a[0]=x` begins a new list, whatever the chart's own has (observed).
  for (const { keys, text } of valueSet.set.flatMap(readAssignments)) {
    given = setAt(given, keys, {
      type: 'scalar',
      text,
      scalar: 'string',
      style: 'inline',
      source: setInput,
      offset: 0,
    });
  }
  const root = mergeValues(ofChart, given);
  return { root, ofFiles, chart: tree };
}

const setInput: ValuesSource = { kind: 'set' };

function valuesOfChart(node: ChartNode): ValueNode {
  let values: ValueNode = noValues;
  for (const subchart of node.subcharts) values = mergeValues(values, mapOf(subchart.key, valuesOfChart(subchart)));
  return node.values === undefined ? values : mergeValues(values, readValues(node.values.text, node.values.source));
}

function readValues(text: string, source: ValuesSource): ValueNode {
  const parsed = parseYamlTree(text);
  const values = parsed.ok ? withSource(source, parsed.value) : noValues;
  // An empty file is an empty map, not a null that takes everything away.
  return values.type === 'map' ? values : noValues;
}

/** The value set that a rendering was made with. */
export function valueSetOf({ chart, valueSet }: Rendering): ValueSet {
  return chart.valueSets.find(({ name }) => name === valueSet) ?? { name: valueSet, valueFiles: [], set: [] };
}

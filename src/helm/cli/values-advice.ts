import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chart } from '../charts/chart.ts';

/** Errors that other values can fix. */
const needsValues =
  /\b(?:required|nil pointer|nil data|<nil>|values don't meet|must be set|is missing|cannot be empty)\b|execution error|error calling (?:include|tpl|fail|required)/i;

/** Values files that the chart's own tests use (chart-testing). */
const testValues = /^.*-?values\.ya?ml$/;

/**
 * How to give a chart the values that it requires, with a values file of its ci/ folder if it has one. Undefined if
 * other values cannot help, or if the user has set some.
 */
export async function valuesAdvice(chart: Chart, valueSet: string, reason: string): Promise<string | undefined> {
  const set = chart.valueSets.find(({ name }) => name === valueSet);
  if (!needsValues.test(reason) || set === undefined || set.valueFiles.length > 0) return undefined;
  const known = await testValuesOf(chart);
  const shown = chart.displayPath.replace(/^\.\//, '');
  const file = known === undefined ? undefined : shown === '.' ? known : `${shown}/${known}`;
  const example = file ?? 'values/example.yaml';
  const source = file === undefined ? ' with a file that has the values' : '';
  switch (chart.valuesIn) {
    case 'input-file':
      return `To set values, write "default_values": ${JSON.stringify(example)} for its helm package${source}.`;
    case 'input':
      return `To set values, set the input values to ${example}${source && ', a file that has them'}.`;
    default:
      return `To set values, write \`- { chart: ${quote(shown)}, values: [${quote(example)}] }\` under charts in chart-images.yaml${source}.`;
  }
}

/** The first, by name. */
async function testValuesOf({ kind, path }: Chart): Promise<string | undefined> {
  if (kind !== 'folder') return undefined;
  const names = await readdir(join(path, 'ci')).catch(() => []);
  const [first] = names.filter((name) => testValues.test(name)).sort();
  return first === undefined ? undefined : `ci/${first}`;
}

/** A scalar in a flow map of YAML. */
function quote(text: string): string {
  return /^[\w./][\w./-]*$/.test(text) ? text : JSON.stringify(text);
}

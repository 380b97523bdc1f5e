/** Charts of the corpus as folders, so that each line that a report names is a line of a file. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Document } from 'yaml';
import type { Chart } from '../../src/helm/charts/chart.ts';
import { locateCharts } from '../../src/helm/charts/locate-charts.ts';
import type { HelmRenderContext } from '../../src/helm/cli/render-charts.ts';
import { readAssignments } from '../../src/values/tree/set-assignment.ts';
import type { CorpusChart } from './charts.ts';

/** What helm is given for a chart besides its values. */
export function optionsOf({ args }: CorpusChart) {
  return {
    kubeVersion: valuesOf(args, '--kube-version')[0],
    apiVersions: valuesOf(args, '--api-versions'),
    namespace: valuesOf(args, '--namespace')[0],
    releaseName: 'rel',
  };
}

function valuesOf(args: readonly string[], flag: string): readonly string[] {
  return args.flatMap((text, index) => (text === flag ? [args[index + 1] ?? ''] : []));
}

/**
 * `--set` wins over every value file, so what a chart insists on is given by a file here. `as`: the archive itself, or
 * a folder with its files and those of its packed subcharts.
 */
export async function openChart(
  corpus: string,
  expected: CorpusChart,
  access: HelmRenderContext,
  as: 'archive' | 'folder',
): Promise<Chart> {
  const set = valuesOf(expected.args, '--set');
  const given = new Document({});
  for (const { keys, text } of set.flatMap(readAssignments)) given.setIn([...keys], text);
  const file = join(access.workFolder, `${expected.chart}.yaml`);
  await writeFile(file, given.toString());
  const valueSets = [{ name: 'default', valueFiles: set.length === 0 ? [] : [file], set: [] }];
  const archive = join(corpus, expected.file);
  const location = as === 'archive' ? archive : unpack(archive, join(access.workFolder, expected.chart));
  const request = { location, baseFolders: [], valueSets, declaredAt: undefined };
  const pull = () => Promise.reject(new Error('nothing is pulled here'));
  const [chart] = await locateCharts([request], { ...access, pull });
  if (chart === undefined) throw new Error(`${expected.file} is not there`);
  return chart;
}

/** Returns the folder of the chart. */
function unpack(archive: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  const [name = ''] = readdirSync(folder);
  const chart = join(folder, name);
  unpackSubcharts(join(chart, 'charts'));
  keepDependencies(chart);
  return chart;
}

/** All dependencies are in `charts/`, and some have another version than the chart asks for. */
function keepDependencies(chart: string): void {
  rmSync(join(chart, 'Chart.lock'), { force: true });
  for (const name of ['Chart.yaml', 'requirements.yaml']) {
    const file = join(chart, name);
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8').replaceAll(/^(\s*(?:- )?repository:).*$/gm, '$1 ""');
    writeFileSync(file, text.replaceAll(/^(\s+(?:- )?version:).*$/gm, '$1 "*"'));
  }
  for (const subchart of entriesOf(join(chart, 'charts'))) keepDependencies(join(chart, 'charts', subchart));
}

function unpackSubcharts(charts: string): void {
  for (const name of entriesOf(charts)) {
    if (!name.endsWith('.tgz')) {
      unpackSubcharts(join(charts, name, 'charts'));
      continue;
    }
    const before = new Set(entriesOf(charts));
    execFileSync('tar', ['-xzf', join(charts, name), '-C', charts]);
    rmSync(join(charts, name));
    for (const added of entriesOf(charts)) if (!before.has(added)) unpackSubcharts(join(charts, added, 'charts'));
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

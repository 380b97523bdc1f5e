/**
 * How far values reach in real charts: for how many images the values that make them are found, and how many charts a
 * value file can move to another registry, proved by rendering with it. Arguments: the folder of the corpus, else the
 * one beside the repository; `helm-3` for that release. Prints a table and the figures.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Document } from 'yaml';
import { silentLog } from '../src/core/log.ts';
import { parseReference } from '../src/core/oci/reference.ts';
import { discover } from '../src/discovery/discover.ts';
import type { Chart } from '../src/helm/charts/chart.ts';
import { locateCharts } from '../src/helm/charts/locate-charts.ts';
import { type HelmRenderContext, renderCharts } from '../src/helm/cli/render-charts.ts';
import { overlayFor } from '../src/values/overlay/overlay.ts';
import type { UseProvenance } from '../src/values/provenance/provenance.ts';
import { createValueTracer, templatedUses, usesOf } from '../src/values/provenance/trace-values.ts';
import { readAssignments } from '../src/values/tree/set-assignment.ts';
import { type CorpusChart, openCorpus, readCorpus } from './corpus/charts.ts';
import { noDownloads } from './corpus/no-downloads.ts';
import { provideTool, toolPath } from './tools.ts';

const release = process.argv.includes('helm-3') ? 'helm-3' : 'helm-4';
const corpus = process.argv.slice(2).find((argument) => argument !== release) ?? openCorpus;
provideTool(release);
const helm = { path: toolPath(release), version: release };
const work = await mkdtemp(join(tmpdir(), 'chart-images-overlay-'));
const access: HelmRenderContext = {
  workFolder: work,
  temporary: join(work, 'temporary'),
  environment: process.env,
  downloads: noDownloads,
  log: silentLog,
  signal: new AbortController().signal,
};

const figures = { images: 0, byValues: 0, byTemplate: 0, notFollowed: 0, helm: 0, search: 0, searchRuns: 0, charts: 0 };
const movable = { movable: 0, partly: 0, fixed: 0, 'no-images': 0 };

try {
  for (const chart of readCorpus(corpus)) {
    // Written for corner cases of discovery; it stands for no real chart.
    if (chart.synthetic !== true) await measure(chart);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
const { images, byValues, byTemplate, notFollowed } = figures;
console.log('');
console.log(
  `images ${images}: made by values ${byValues}, text of templates ${byTemplate}, not followed ${notFollowed}`,
);
console.log(
  `charts ${figures.charts}: movable ${movable.movable}, partly ${movable.partly}, not movable ${movable.fixed}, without images ${movable['no-images']}`,
);
console.log(
  `search for origins: ${figures.searchRuns} helm runs, ${(figures.search / figures.helm).toFixed(2)} of the time of the first renderings`,
);

async function measure(expected: CorpusChart): Promise<void> {
  const option = (flag: string): readonly string[] =>
    expected.args.flatMap((text, index) => (text === flag ? [expected.args[index + 1] ?? ''] : []));
  const chart = await open(expected, option('--set'));
  const template = {
    kubeVersion: option('--kube-version')[0],
    apiVersions: option('--api-versions'),
    namespace: option('--namespace')[0],
    releaseName: 'rel',
  };
  const started = performance.now();
  const [rendering] = await renderCharts(helm, [chart], template, access);
  const rendered = performance.now();
  if (rendering === undefined) throw new Error(`${expected.chart} was not rendered`);
  const discovery = discover([rendering]);
  const tools = { helm, template, access };
  const finder = createValueTracer(tools);
  const searching = performance.now();
  const origins = await finder.originsOf(rendering, discovery);
  figures.search += performance.now() - searching;
  figures.helm += rendered - started;
  figures.searchRuns += origins.renderings;
  figures.charts += 1;
  const printed = templatedUses(usesOf(rendering, discovery));
  count(origins.uses.filter(({ use }) => printed.includes(use)));
  const overlay = await overlayFor([rendering], discovery, nameInTarget, finder, tools);
  movable[overlay.coverage] += 1;
  const stuck = new Set(overlay.stuck.map(({ use, reason }) => `${use.image}: ${reason}`));
  console.log(
    `${expected.chart.padEnd(38)} ${overlay.coverage.padEnd(10)} values ${String(overlay.values.length).padStart(3)}`,
  );
  for (const line of stuck) console.log(`    ${line}`);
}

/** `--set` wins over every value file, so what a chart insists on is given by a file here. */
async function open(expected: CorpusChart, set: readonly string[]): Promise<Chart> {
  const given = new Document({});
  for (const { keys, text } of set.flatMap(readAssignments)) given.setIn([...keys], text);
  const file = join(work, `${expected.chart}.yaml`);
  await writeFile(file, given.toString());
  const valueSets = [{ name: 'default', valueFiles: set.length === 0 ? [] : [file], set: [] }];
  const request = { location: join(corpus, expected.file), baseFolders: [], valueSets, declaredAt: undefined };
  const pull = () => Promise.reject(new Error('nothing is pulled here'));
  const [chart] = await locateCharts([request], { ...access, pull });
  if (chart === undefined) throw new Error(`${expected.file} is not there`);
  return chart;
}

function count(origins: readonly UseProvenance[]): void {
  for (const image of new Set(origins.map(({ use }) => use.image))) {
    const uses = origins.filter(({ use }) => use.image === image);
    figures.images += 1;
    if (uses.some(({ reason }) => reason !== undefined)) figures.notFollowed += 1;
    else if (uses.every(({ segments }) => segments.some(({ source }) => source.from === 'value')))
      figures.byValues += 1;
    else figures.byTemplate += 1;
  }
}

/** Where a mirror of everything would have it. */
function nameInTarget(image: string) {
  const parsed = parseReference(image);
  return parsed.ok ? { registry: 'mirror.example', repository: `all/${parsed.value.repository}` } : undefined;
}

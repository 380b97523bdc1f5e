/**
 * How far values reach in real charts: for how many images the values that make them are found, and how many charts a
 * value file can move to another registry, proved by rendering with it and comparing the whole rendering. Arguments:
 * the folder of the corpus, else the one beside the repository; `helm-3` for that release; names of charts for only
 * those. Prints a table and the figures.
 */
import { rm } from 'node:fs/promises';
import { parseReference } from '../src/core/oci/reference.ts';
import { discover } from '../src/discovery/discover.ts';
import { renderCharts } from '../src/helm/cli/render-charts.ts';
import { overlayFor } from '../src/values/overlay/overlay.ts';
import { changesBetween, formatChange } from '../src/values/overlay/rendered-changes.ts';
import type { UseProvenance } from '../src/values/provenance/provenance.ts';
import { renderWithFile } from '../src/values/provenance/render-with.ts';
import { createValueTracer, templatedUses, usesOf } from '../src/values/provenance/trace-values.ts';
import type { CorpusChart } from './corpus/charts.ts';
import { openChart, optionsOf } from './corpus/open-chart.ts';
import { openValueRun } from './corpus/value-run.ts';

const { corpus, helm, access, charts, isPartial } = await openValueRun('overlay');

const figures = {
  images: 0,
  byValues: 0,
  byTemplate: 0,
  notFollowed: 0,
  helm: 0,
  search: 0,
  searchRuns: 0,
  charts: 0,
  damaged: 0,
};
const costs: { readonly search: number; readonly overlay: number; readonly runs: number }[] = [];
const movable = { movable: 0, partly: 0, fixed: 0, 'no-images': 0 };

try {
  for (const chart of charts) await measure(chart);
} finally {
  await rm(access.workFolder, { recursive: true, force: true });
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
console.log(
  `median chart, in its own rendering: origins ${median(costs.map(({ search }) => search))}, overlay ${median(costs.map(({ overlay }) => overlay))}, helm runs ${median(costs.map(({ runs }) => runs))}`,
);
console.log(`fields that are damaged: ${figures.damaged}`);
process.exitCode = figures.damaged > 0 ? 1 : 0;

async function measure(expected: CorpusChart): Promise<void> {
  const chart = await openChart(corpus, expected, access, 'archive');
  const template = optionsOf(expected);
  const started = performance.now();
  const [rendering] = await renderCharts(helm, [chart], template, access);
  const rendered = performance.now();
  if (rendering === undefined) throw new Error(`${expected.chart} was not rendered`);
  const discovery = discover([rendering]);
  let runs = 0;
  const onStart = (): void => {
    runs += 1;
  };
  const tools = { helm, template, access: { ...access, onStart } };
  const finder = createValueTracer({ helm, template, access });
  const searching = performance.now();
  const origins = await finder.originsOf(rendering, discovery);
  const searched = performance.now();
  figures.search += searched - searching;
  figures.helm += rendered - started;
  figures.searchRuns += origins.renderings;
  figures.charts += 1;
  const printed = templatedUses(usesOf(rendering, discovery));
  count(origins.uses.filter(({ use }) => printed.includes(use)));
  const overlay = await overlayFor([rendering], discovery, nameInTarget, finder, tools);
  const overlaid = performance.now();
  movable[overlay.coverage] += 1;
  costs.push({
    search: (searched - searching) / (rendered - started),
    overlay: (overlaid - searched) / (rendered - started),
    runs: origins.renderings + runs,
  });
  const stuck = new Set(overlay.stuck.map(({ use, reason }) => `${use.image}: ${reason}`));
  const { coverage, values } = overlay;
  console.log(
    `${expected.chart.padEnd(38)} ${coverage.padEnd(10)} values ${String(values.length).padStart(3)} helm runs ${origins.renderings} + ${runs}`,
  );
  if (isPartial) console.log(overlay.text);
  for (const line of stuck) console.log(`    ${line}`);
  for (const { field, text } of overlay.sideEffects) console.log(`    changes ${field}: ${text}`);
  if (overlay.text === '') return;
  const moved = await renderWithFile(rendering, overlay.text, tools);
  const again = await renderWithFile(rendering, '', tools);
  if (!moved.ok || !again.ok) throw new Error(`${expected.chart} was not rendered again`);
  const random = new Set(changesBetween(rendering.text, again.rendering.text).map(({ id }) => id));
  const changes = changesBetween(rendering.text, moved.rendering.text).filter(({ id }) => !random.has(id));
  const damages = changes.filter(({ keys, after }) => keys.length === 0 || after === undefined || isName(keys));
  figures.damaged += damages.length;
  for (const change of damages) console.log(`    damages ${formatChange(change)}: ${change.after}`);
}

/** What no registry may change, whatever the program thinks of it. */
function isName(keys: readonly (string | number)[]): boolean {
  if (keys.some((key) => /^(?:labels|matchLabels|selector|nodeSelector)$/.test(String(key)))) return true;
  const [last, before] = [keys.at(-1), keys.at(-2)];
  return /^(?:host|hostname|namespace|serviceName)$/.test(String(last)) || (last === 'name' && before === 'metadata');
}

function median(numbers: readonly number[]): string {
  return (numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0).toFixed(2);
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

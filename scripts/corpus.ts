/**
 * Renders every chart of the corpus, discovers its images and scores them against what a careful reader found, with the
 * rule of `az aosm` beside ours.
 *
 * npm run corpus -- [--dir FOLDER] [--helm 3|4] [--misses] [--fresh]
 *
 * FOLDER has the form of the corpus beside the repository, which is the default. Renderings are kept under
 * node_modules; `--fresh` renders again. Ends with 1 where a figure is below what the project has promised. `--misses`
 * lists what was lost and what is wrong, chart by chart.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { imagesByAosmRule } from './corpus/aosm-rule.ts';
import { openCorpus, readCorpus } from './corpus/charts.ts';
import { discoverText } from './corpus/discover-chart.ts';
import { milliseconds, peakMemory, percentile, sum } from './corpus/figures.ts';
import { each, renderChart } from './corpus/render.ts';
import { type Result, score, totalsOf } from './corpus/score.ts';
import { belowBars } from './corpus/thresholds.ts';
import { provideTool, toolPath } from './tools.ts';

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string', default: openCorpus },
    helm: { type: 'string', default: '4' },
    misses: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
  },
});
if (options.helm !== '3' && options.helm !== '4') throw new Error('--helm takes 3 or 4');
if (!existsSync(join(options.dir, 'expected'))) {
  console.error(`There is no corpus in ${options.dir}: give the folder that has its charts/ and expected/ by --dir.`);
  process.exit(1);
}
const tool = `helm-${options.helm}` as const;
provideTool(tool);

const ours = new Map<string, readonly Result[]>();
const aosm = new Map<string, readonly Result[]>();
const inHelm: number[] = [];
const inDiscovery: number[] = [];
const charts = readCorpus(options.dir);
await each(charts, 2, async (chart) => {
  const rendered = await renderChart(options.dir, chart, toolPath(tool), options.fresh ? 'fresh' : 'kept');
  const start = performance.now();
  const images = discoverText(chart.chart, rendered.text, options.helm);
  inDiscovery.push(performance.now() - start);
  inHelm.push(rendered.milliseconds);
  ours.set(
    chart.chart,
    images.map(({ image, confidence }) => ({ image, confidence })),
  );
  aosm.set(
    chart.chart,
    imagesByAosmRule(rendered.text).map((image) => ({ image })),
  );
});

const printed = score(options.dir, `ours-${tool}`, ours, options.misses ? ['--misses'] : []);
const theirs = totalsOf(score(options.dir, `az-aosm-${tool}`, aosm, []));
const own = totalsOf(printed);
console.log(printed);
console.log('| rule | certain | likely | embedded | precision | wrong |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [name, totals] of [
  ['chart-images', own],
  ['az aosm', theirs],
] as const) {
  console.log(
    `| ${[name, totals.certain, totals.likely, totals.embedded, totals.precision, totals.wrong].join(' | ')} |`,
  );
}
const spread = (times: readonly number[]): string =>
  `total ${milliseconds(sum(times))}, p50 ${milliseconds(percentile(times, 0.5))}, p95 ${milliseconds(percentile(times, 0.95))}`;
console.log('');
console.log(`${charts.length} charts with ${tool}, two at a time, peak memory ${peakMemory()}`);
console.log(`helm       ${spread(inHelm)}`);
console.log(`discovery  ${spread(inDiscovery)}`);
const short = belowBars(printed);
for (const told of short) console.log(`below the bar: ${told}`);
if (short.length > 0) process.exitCode = 1;

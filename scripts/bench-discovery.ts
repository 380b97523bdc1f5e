/**
 * What discovery costs beside helm, in one run: all charts of the corpus rendered two at a time by helm alone, and then
 * again with discovery after each; then one text of 50 MB made of their renderings.
 *
 *   node scripts/bench-discovery.ts [--dir FOLDER] [--helm 3|4] [--rounds 3]
 */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../test/support/root.ts';
import { openCorpus, readCorpus } from './corpus/charts.ts';
import { discoverText } from './corpus/discover-chart.ts';
import { milliseconds, peakMemory, percentile } from './corpus/figures.ts';
import { each, renderChart } from './corpus/render.ts';
import { provideTool, toolFolder, toolPath } from './tools.ts';

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string', default: openCorpus },
    helm: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
  },
});
if (options.helm !== '3' && options.helm !== '4') throw new Error('--helm takes 3 or 4');
const tool = `helm-${options.helm}` as const;
provideTool(tool);
const charts = readCorpus(options.dir);
const largeText = 50 * 1024 * 1024;

/** Renders everything, two at a time; returns what it took and the renderings. */
async function pass(after: (chart: string, text: string) => void): Promise<number> {
  const start = performance.now();
  await each(charts, 2, async (chart) => {
    const { text } = await renderChart(options.dir, chart, toolPath(tool), 'fresh');
    after(chart.chart, text);
  });
  return performance.now() - start;
}

/** One run gives all charts the same version; those that need values besides are left out. */
const plain = charts.filter(({ args }) => args.every((word, at) => at < 2 && (at > 0 || word === '--kube-version')));
const kubeVersion = plain.find(({ args }) => args.length > 0)?.args ?? [];

/** As a user runs it, so that nothing of this script is measured along. */
function runBundle(): string {
  const tell = 'process.on("exit", () => console.error("peak", process.resourceUsage().maxRSS));';
  const run = spawnSync(
    process.execPath,
    [
      ...[
        '--import',
        `data:text/javascript,${encodeURIComponent(tell)}`,
        bundle,
        '--no-resolve',
        '--json',
        ...kubeVersion,
      ],
      ...plain.map(({ file }) => join(options.dir, file)),
    ],
    { env: { ...process.env, PATH: [toolFolder(tool), process.env['PATH']].join(delimiter) }, maxBuffer: 2 ** 28 },
  );
  if (run.status !== 0) throw new Error(`the bundle ended with ${run.status}: ${run.stderr}`);
  const kibibytes = Number(/^peak (\d+)$/m.exec(run.stderr.toString())?.[1]);
  return `${(kibibytes / 1024).toFixed(0)} MiB`;
}

const texts: string[] = [];
const ratios: number[] = [];
const times: number[] = [];
for (let round = 0; round < Number(options.rounds); round += 1) {
  const alone = await pass((_, text) => {
    if (round === 0) texts.push(text);
  });
  const together = await pass((chart, text) => {
    const start = performance.now();
    discoverText(chart, text, options.helm);
    times.push(performance.now() - start);
  });
  ratios.push(together / alone);
  console.log(
    `helm alone ${milliseconds(alone)}, with discovery ${milliseconds(together)}: ${(together / alone).toFixed(3)}`,
  );
}
console.log(`ratio, median of ${ratios.length}: ${percentile(ratios, 0.5).toFixed(3)} (aim: at most 1.15)`);
console.log(
  `discovery of a chart: p50 ${milliseconds(percentile(times, 0.5))}, p95 ${milliseconds(percentile(times, 0.95))} (aim: 10 ms, 200 ms)`,
);
console.log(`peak memory of one run of the bundle over ${plain.length} charts: ${runBundle()} (aim: 250 MiB)`);

const once = texts.join('');
const large = once.repeat(Math.ceil(largeText / once.length)).slice(0, largeText);
const start = performance.now();
const images = discoverText('large', large, options.helm);
console.log(
  `50 MB in one rendering: ${images.length} images in ${milliseconds(performance.now() - start)}, peak memory of this process ${peakMemory()}`,
);

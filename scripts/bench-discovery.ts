/**
 * What discovery costs beside helm, in one run: all charts of the corpus rendered two at a time by helm alone, and then
 * again with discovery after each; then one text of 50 MB made of their renderings.
 *
 *   node scripts/bench-discovery.ts [--dir FOLDER] [--helm 3|4] [--rounds 3]
 */
import { parseArgs } from 'node:util';
import { openCorpus, readCorpus } from './corpus/charts.ts';
import { discoverText } from './corpus/discover-chart.ts';
import { milliseconds, peakMemory, percentile } from './corpus/figures.ts';
import { each, renderChart } from './corpus/render.ts';
import { provideTool, toolPath } from './tools.ts';

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
console.log(`peak memory: ${peakMemory()} (aim: 250 MiB)`);

const once = texts.join('');
const large = once.repeat(Math.ceil(largeText / once.length)).slice(0, largeText);
const start = performance.now();
const images = discoverText('large', large, options.helm);
console.log(
  `50 MB in one rendering: ${images.length} images in ${milliseconds(performance.now() - start)}, peak memory ${peakMemory()}`,
);

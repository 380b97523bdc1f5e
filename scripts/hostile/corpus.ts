/** What helm prints for the charts of the open corpus, where that lies beside the repository: real texts to break. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCorpus, readCorpus } from '../corpus/charts.ts';
import { each, renderChart } from '../corpus/render.ts';
import { provideTool, toolPath } from '../tools.ts';

/** Not in build/, which every build empties. */
const kept = fileURLToPath(new URL('../../node_modules/.cache/chart-images/hostile', import.meta.url));

/** The folder with a text for each chart; undefined where there is no corpus. */
export async function renderCorpus(): Promise<string | undefined> {
  if (!existsSync(openCorpus)) return undefined;
  provideTool('helm-4');
  mkdirSync(kept, { recursive: true });
  await each(readCorpus(openCorpus), 2, async (chart) => {
    const { text } = await renderChart(openCorpus, chart, toolPath('helm-4'), 'kept');
    writeFileSync(join(kept, `${chart.chart}.yaml`), text);
  });
  return kept;
}

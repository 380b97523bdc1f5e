import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolPath } from '../../scripts/tools.ts';
import { outputOf } from './program.ts';

/** Changes a text of a file in `folder`, which must be there. */
export async function edit(folder: string, path: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(folder, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} has no "${from}"`);
  await writeFile(join(folder, path), text.replace(from, to));
}

export async function append(folder: string, path: string, text: string): Promise<void> {
  await writeFile(join(folder, path), (await readFile(join(folder, path), 'utf8')) + text);
}

/** Leaves an archive of the chart in the folder `to`, beside what was packed. */
export async function packChart(chart: string, to: string): Promise<void> {
  await outputOf(toolPath('helm-4'), ['package', chart, '--destination', to]);
}

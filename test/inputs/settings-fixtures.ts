/** Inputs over one chart, as far as a test of settings needs them. */
import { readSettings } from '../../src/inputs/read-settings.ts';
import { faultOf } from './expect-error.ts';
import { folderWith } from './files.ts';

export const chart = { 'charts/contoso/Chart.yaml': 'name: contoso\nversion: 1.0.0\n' };

export async function read(raw: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = chart) {
  return await readSettings({ charts: 'charts/contoso', ...raw }, { workFolder: await folderWith(files) });
}

/** What is wrong with the inputs, without its location. */
export async function fault(raw: Readonly<Record<string, string>>, files?: Readonly<Record<string, string>>) {
  const { code, message, advice } = await faultOf(() => read(raw, files));
  return { code, message, advice };
}

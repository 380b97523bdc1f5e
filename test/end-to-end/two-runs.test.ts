/** Jobs of one agent, or steps in the background, may share a workspace. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { temporaryFolderOf } from '../support/host-run.ts';
import { runInTerminal } from '../support/terminal.ts';

test('two runs at once in one workspace with one report folder both end well and leave one whole report', async () => {
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFiles(join(work, 'web'), podChart('c/d:1'));
  const inputs = { charts: 'web', resolve: 'false', report: 'out' };
  const request = { node: process.execPath, work, home, path: [toolFolder('helm-4')], inputs };
  const [one, other] = await Promise.all([runInTerminal(request), runInTerminal(request)]);
  expect([one.code, other.code]).toEqual([0, 0]);
  expect(one.stdout).toBe(other.stdout);
  expect((await readdir(join(work, 'out'))).sort()).toEqual(['images.json', 'images.junit.xml', 'images.sarif']);
  expect(JSON.parse(await readFile(join(work, 'out', 'images.json'), 'utf8')).images).toHaveLength(1);
  expect(await readdir(temporaryFolderOf(request))).toEqual([]);
});

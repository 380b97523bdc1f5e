import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeReport } from '../../src/report/write-report.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chart-images-report-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('The report is written into a folder that did not exist, and nothing else is left there', async () => {
  const path = await writeReport(join(folder, 'out', 'report'), '{}\n');
  expect(path).toBe(join(folder, 'out', 'report', 'images.json'));
  expect(await readFile(path, 'utf8')).toBe('{}\n');
  expect(await readdir(join(folder, 'out', 'report'))).toEqual(['images.json']);
});

test('A report of an earlier run is replaced', async () => {
  await writeReport(folder, 'old, and longer');
  await writeReport(folder, 'new');
  expect(await readFile(join(folder, 'images.json'), 'utf8')).toBe('new');
});

test('A folder that can not be written is told with the way out', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(writeReport(join(folder, 'file'), '{}')).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('images.json'),
    advice: 'Name a folder that this run may write to in the input report.',
  });
});

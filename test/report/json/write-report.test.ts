import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ReportFiles, writeReport } from '../../../src/report/json/write-report.ts';
import { testFolder } from '../../support/folder.ts';

const files: ReportFiles = { 'images.json': '{}\n', 'images.junit.xml': '<testsuites/>\n', 'images.sarif': '{ }\n' };

test('The report is written into a folder that did not exist, and nothing else is left there', async () => {
  const folder = join(await testFolder(), 'out', 'report');
  expect(await writeReport(folder, files)).toBe(join(folder, 'images.json'));
  expect((await readdir(folder)).sort()).toEqual(['images.json', 'images.junit.xml', 'images.sarif']);
  for (const [name, text] of Object.entries(files)) expect(await readFile(join(folder, name), 'utf8')).toBe(text);
});

test('A report of an earlier run is replaced', async () => {
  const folder = await testFolder();
  await writeReport(folder, { ...files, 'images.json': 'old, and longer' });
  await writeReport(folder, files);
  expect(await readFile(join(folder, 'images.json'), 'utf8')).toBe('{}\n');
});

test('an unwritable report folder is reported with advice', async () => {
  const folder = await testFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(writeReport(join(folder, 'file'), files)).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining(join('file', 'images.')),
    advice: 'Set the input report to a folder that this run can write to.',
  });
});

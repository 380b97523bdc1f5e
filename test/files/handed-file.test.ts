import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { handFiles } from '../../src/files/handed-file.ts';
import { runProgram } from '../../src/process/run-program.ts';
import { testFolder } from '../support/folder.ts';

const bounds = { timeoutMilliseconds: 10_000, maximumOutputBytes: 10_000, signal: new AbortController().signal };

/** Reads each file twice, as helm reads some. */
const reader = `const { readFileSync } = require('node:fs');
console.log(JSON.stringify(process.argv.slice(1).map((path) => readFileSync(path, 'utf8') + readFileSync(path, 'utf8'))));`;

test('a child reads what it is handed, and when it has ended nothing is left', async () => {
  const folder = await testFolder();
  const files = await handFiles(folder, ['one', '', 'thrée']);
  const names = await readdir(folder);
  // Windows has no such bits; the folder's own access list holds there.
  if (process.platform !== 'win32')
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  const run = await runProgram(process.execPath, {
    arguments: ['-e', reader, ...files.paths],
    environment: {},
    descriptors: files.descriptors,
    ...bounds,
  });
  await files.close();
  expect(JSON.parse(run.stdout)).toEqual(['oneone', '', 'thréethrée']);
  expect(await readdir(folder)).toEqual([]);
});

test.runIf(process.platform === 'linux')('on Linux there is no file to be found while the child runs', async () => {
  const folder = await testFolder();
  const files = await handFiles(folder, ['secret']);
  expect([await readdir(folder), files.paths]).toEqual([[], ['/proc/self/fd/3']]);
  await files.close();
});

test('what can not be written is told, and leaves nothing', async () => {
  const folder = join(await testFolder(), 'not-there');
  await expect(handFiles(folder, ['x'])).rejects.toThrow('ENOENT');
});

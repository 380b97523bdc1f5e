import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batchCommand, findBatchFile } from '../../../src/core/process/batch-file.ts';
import { testFolder } from '../../support/folder.ts';

test('a batch file on PATH is found on Windows only, and never by a relative entry of PATH', async () => {
  const folder = await testFolder();
  await writeFile(join(folder, 'helm.cmd'), '');
  await writeFile(join(folder, 'az.bat'), '');
  const environment = { PATH: folder };
  expect(await findBatchFile('helm', environment, 'win32')).toBe(join(folder, 'helm.cmd'));
  expect(await findBatchFile('az', environment, 'win32')).toBe(join(folder, 'az.bat'));
  expect(await findBatchFile('git', environment, 'win32')).toBeUndefined();
  expect(await findBatchFile('helm', environment, 'linux')).toBeUndefined();
  expect(await findBatchFile('package', { PATH: '.' }, 'win32')).toBeUndefined();
});

test('the shell gets a batch file in quotation marks, without AutoRun commands', () => {
  const command = batchCommand('C:\\Program Files (x86)\\a & b\\x.cmd', ['get'], { SystemRoot: '/windows' });
  expect(command).toEqual({
    program: join('/windows', 'System32', 'cmd.exe'),
    arguments: ['/d', '/v:off', '/s', '/c', '""C:\\Program Files (x86)\\a & b\\x.cmd" get"'],
  });
});

test.each([
  ['C:\\%PATH%\\x.cmd', 'get'],
  ['C:\\a" & evil "\\x.cmd', 'get'],
  ['C:\\x.cmd', 'get & evil'],
  ['C:\\x.cmd', '%PATH%'],
  ['C:\\x.cmd', ''],
])('the shell never gets a command that it could read in another way: %s %s', (path, word) => {
  expect(batchCommand(path, [word], {})).toBeUndefined();
});

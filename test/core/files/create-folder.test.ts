import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFolder } from '../../../src/core/files/create-folder.ts';
import { exists } from '../../../src/core/files/exists.ts';
import { testFolder } from '../../support/folder.ts';

it('a folder is created with its parents, and may be there already, also as a link', async () => {
  const folder = await testFolder();
  await createFolder(join(folder, 'a', 'b'));
  await createFolder(join(folder, 'a', 'b'));
  expect(await exists(join(folder, 'a', 'b'))).toBe(true);
  await symlink(join(folder, 'a'), join(folder, 'link'));
  await createFolder(join(folder, 'link', 'c'));
  expect(await exists(join(folder, 'a', 'c'))).toBe(true);
});

it('a file in place of a folder, or of its parent, is refused', async () => {
  const folder = await testFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(createFolder(join(folder, 'file'))).rejects.toThrow('EEXIST');
  await expect(createFolder(join(folder, 'file', 'b'))).rejects.toThrow('EEXIST');
});

it.runIf(process.platform === 'linux')('a folder that /proc does not accept ends in an error', async () => {
  await expect(createFolder('/proc/chart-images-test')).rejects.toThrow('ENOENT');
  await expect(createFolder('/proc/chart-images-test/report')).rejects.toThrow('ENOENT');
});

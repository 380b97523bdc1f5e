import { rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { removeNow } from '../../src/core/tidy-up.ts';
import { testFolder } from '../support/folder.ts';

test('a folder loses at the exit all files but those that a program keeps', async () => {
  const folder = await testFolder();
  for (const path of ['a/secret', 'b/c/secret', 'b/c/locked', 'd']) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
  const locked = join(folder, 'b', 'c', 'locked');
  // As Windows does while a program has the file open.
  removeNow(folder, (path, options) => {
    if (locked.startsWith(String(path))) throw new Error('EBUSY');
    rmSync(path, options);
  });
  expect(await readdir(folder, { recursive: true })).toEqual(['b', join('b', 'c'), join('b', 'c', 'locked')]);
});

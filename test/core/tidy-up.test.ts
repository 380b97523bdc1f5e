import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeNow, tidyUp } from '../../src/core/tidy-up.ts';
import { testFolder } from '../support/folder.ts';

const log = (lines: string[]) => ({ debug: (line: string) => void lines.push(line), info() {}, warning() {} });

test('a folder is removed with all that is in it, and one that is gone already is no error', async () => {
  const folder = join(await testFolder(), 'work');
  await mkdir(join(folder, 'inner'), { recursive: true });
  await writeFile(join(folder, 'inner', 'file'), 'content');
  const lines: string[] = [];
  await tidyUp(folder, log(lines));
  await tidyUp(folder, log(lines));
  expect([existsSync(folder), lines]).toEqual([false, []]);
});

test('what cannot be removed is logged and never fails the run', async () => {
  const lines: string[] = [];
  await tidyUp(`${await testFolder()}/\0`, log(lines));
  expect(lines).toEqual([expect.stringMatching(/^Cannot remove .* yet: /)]);
});

test('a link is removed, and what it leads to stays', async () => {
  const [outside, folder] = [await testFolder(), join(await testFolder(), 'work')];
  await writeFile(join(outside, 'kept'), 'content');
  await mkdir(folder);
  await symlink(outside, join(folder, 'link'));
  removeNow(folder);
  expect([existsSync(folder), existsSync(join(outside, 'kept'))]).toEqual([false, true]);
});

/** What a reader of the tests relies on: files of a readable length. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';

/** A longer file has several subjects: split it by them. */
const maximumLines = 400;

test(`no file of test/ has more than ${maximumLines} lines`, async () => {
  const names = await readdir(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const found: string[] = [];
  for (const name of names.filter((each) => each.endsWith('.ts') && !/(?:^|[\\/])fixtures[\\/]/.test(each))) {
    const lines = (await readFile(join(root, 'test', name), 'utf8')).trimEnd().split('\n').length;
    if (lines > maximumLines) found.push(`${name}: ${lines}`);
  }
  expect(found).toEqual([]);
});

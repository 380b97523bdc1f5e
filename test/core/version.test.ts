import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../src/core/version.ts';
import { root } from '../support/root.ts';

test('--version prints the version of package.json', async () => {
  expect(JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))).toMatchObject({ version });
});

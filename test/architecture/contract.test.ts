/** What users rely on by name. More may be added; nothing in `contract.json` may go without a deprecation. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorCodes } from '../../src/core/errors.ts';
import { findingCodes } from '../../src/core/findings.ts';
import { inputs } from '../../src/inputs/input-table.ts';
import { outputs } from '../../src/inputs/output-table.ts';
import { root } from '../support/root.ts';

/** Each key with the interface that it is in (`ImageJson.status`), also those that it takes over from another one. */
async function reportKeys(): Promise<readonly string[]> {
  const text = await readFile(join(root, 'src', 'report', 'json', 'json-types.ts'), 'utf8');
  return [...text.matchAll(/^export interface (\w+)([\s\S]*?) \{\n([\s\S]*?)^\}/gm)].flatMap(
    ([, name, derived = '', body = '']) => [
      ...[...derived.matchAll(/'(\w+)'/g)].map(([, key]) => `${name}.${key}`),
      ...[...body.matchAll(/readonly (\w+)\??:/g)].map(([, key]) => `${name}.${key}`),
    ],
  );
}

test.each([
  ['errors', async () => Object.entries(errorCodes).map(([code, { exit }]) => `${code} ${exit}`)],
  ['findings', async () => Object.keys(findingCodes)],
  ['inputs', async () => inputs.map(({ name }) => name)],
  ['outputs', async () => outputs.map(({ name }) => name)],
  ['reportKeys', reportKeys],
] as const)('no name that users rely on is gone: %s', async (kind, read) => {
  const contract = JSON.parse(await readFile(join(import.meta.dirname, 'contract.json'), 'utf8'));
  const now = await read();
  expect(contract[kind].length).toBeGreaterThan(5);
  expect(contract[kind].filter((name: string) => !now.includes(name))).toEqual([]);
});

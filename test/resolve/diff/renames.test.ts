import { expect, test } from 'vitest';
import { openBaseCheckout } from '../../../src/resolve/diff/base-checkout.ts';
import { findRenames } from '../../../src/resolve/diff/renames.ts';
import { type Change, gitEnvironment, makeRepository } from '../../support/checkout.ts';

const text = (word: string) => Array.from({ length: 8 }, (_, at) => `${word}${at}: kept\n`).join('');

/** What `path` was called before the change. */
async function oldPath(before: Change, change: Change, path: string) {
  const repository = await makeRepository();
  const commit = await repository.commit(before);
  await repository.commit(change);
  const base = await openBaseCheckout(
    { label: 'main', commit, names: [], givenBy: 'event' },
    { environment: gitEnvironment, folder: repository.folder, signal: new AbortController().signal },
  );
  return (await findRenames(base))(path);
}

test('a file that is moved and changed in a line is found under its old path', async () => {
  const before = { 'env/old.yaml': text('value') };
  const change = { 'env/old.yaml': undefined, 'values/new.yaml': `${text('value')}more: 1\n` };
  expect(await oldPath(before, change, 'values/new.yaml')).toBe('env/old.yaml');
  expect(await oldPath(before, change, 'values/other.yaml')).toBeUndefined();
});

test('the folder of a chart is found by its Chart.yaml, whatever became of its other files', async () => {
  const before = { 'charts/a/Chart.yaml': text('a'), 'charts/b/x.yaml': text('x'), 'charts/b/y.yaml': text('y') };
  const change = {
    'charts/a/Chart.yaml': undefined,
    'charts/b/x.yaml': undefined,
    'charts/b/y.yaml': undefined,
    'charts/c/Chart.yaml': text('a'),
    'charts/c/x.yaml': text('x'),
    'charts/c/y.yaml': text('y'),
  };
  expect(await oldPath(before, change, 'charts/c')).toBe('charts/a');
});

test('a folder without a Chart.yaml is found where most of its files were', async () => {
  const before = { 'one/x.yaml': text('x'), 'two/y.yaml': text('y'), 'two/z.yaml': text('z') };
  const change = {
    'one/x.yaml': undefined,
    'two/y.yaml': undefined,
    'two/z.yaml': undefined,
    'new/x.yaml': text('x'),
    'new/y.yaml': text('y'),
    'new/z.yaml': text('z'),
  };
  expect(await oldPath(before, change, 'new')).toBe('two');
});

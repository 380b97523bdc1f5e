/** The paths of a run, however they are spelled, in the files of the base. Real git. */
import { cp, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputsOfBase } from '../../src/app/base-inputs.ts';
import { openBaseCheckout } from '../../src/resolve/diff/base-checkout.ts';
import { checkoutBase } from '../../src/resolve/diff/base-files.ts';
import { runChange } from '../support/change-run.ts';
import { type Checkout, checkoutAt, gitEnvironment } from '../support/checkout.ts';
import { testFolder } from '../support/folder.ts';
import { chart } from '../support/pull-request.ts';

/** The change moves the images of a chart, of its values, and of a chart that an input file names. */
let repository: Checkout;
/** A folder with links to the repository and into it. */
let links: string;

const files = (tag: string) => ({
  ...chart('a', `a:${tag}`),
  ...chart('b (1)', `b:${tag}`),
  'values/own.yaml': `tag: "${tag}"\n`,
  'lists/config.yaml': `charts:\n  - chart: ../charts/a\n# ${tag}\n`,
});

beforeAll(async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'chart-images-test-')));
  links = join(folder, 'links');
  repository = checkoutAt(join(folder, 'repository'));
  await mkdir(repository.folder);
  await repository.git('init', '--quiet', '--initial-branch=main');
  await repository.commit(files('1'));
  await repository.git('switch', '--quiet', '--create', 'change');
  await repository.commit(files('2'));
  await mkdir(join(links, 'empty'), { recursive: true });
  await symlink(repository.folder, join(links, 'repository'));
  await symlink(join(repository.folder, 'charts'), join(links, 'charts'));
});

afterAll(async () => await rm(dirname(links), { recursive: true, force: true }));

/** Where the files are that the base has for these inputs, from the root of the repository. */
async function led(inputs: Readonly<Record<string, string>>, workFolder: string) {
  const name = { label: 'main', names: ['main'], givenBy: 'input' } as const;
  const context = { environment: gitEnvironment, folder: workFolder, signal: new AbortController().signal };
  const base = await openBaseCheckout(name, context);
  const tree = await checkoutBase(base, await testFolder());
  const moved = await inputsOfBase(base, tree, workFolder, inputs);
  return Object.fromEntries(
    Object.entries(moved).map(([input, path]) => [
      input,
      path.replace(/^(!?)(.*)$/s, (_, mark, rest) => mark + relative(tree.files, resolve(tree.workFolder, rest))),
    ]),
  );
}

const top = () => repository.folder;
const detour = (path: string) => `${dirname(top())}/../${relative(dirname(dirname(top())), top())}/${path}`;
const spellings: readonly (readonly [what: string, spell: (path: string) => string])[] = [
  ['relative', (path) => path],
  ['relative with ./', (path) => `./${path}`],
  ['relative with a slash at its end', (path) => `${path}/`],
  ['relative with two slashes', (path) => path.replace('/', '//')],
  ['relative with a detour inside', (path) => `values/../${path}`],
  ['relative through the folder around', (path) => `../${basename(top())}/${path}`],
  ['absolute', (path) => join(top(), path)],
  ['absolute with a detour', (path) => detour(path)],
  ['absolute with a detour through a folder that does not exist', (path) => `${top()}/none/../${path}`],
  ['absolute with two slashes at its start', (path) => `/${join(top(), path)}`],
  ['absolute with /./', (path) => `${top()}/./${path}`],
  ['absolute with a slash at its end', (path) => `${join(top(), path)}/`],
  ['through a link to the repository', (path) => join(links, 'repository', path)],
  ['through a link and a detour', (path) => `${links}/empty/../repository/${path}`],
  ['relative through a link', (path) => relative(top(), join(links, 'repository', path))],
];

describe.each(spellings)('a path that is written %s', (_, spell) => {
  test.each([
    ['charts', 'charts/a'],
    ['values', 'values/own.yaml'],
    ['config', 'lists/config.yaml'],
    ['input-file', 'lists/config.yaml'],
  ])('is led to the base for the input %s', async (input, path) => {
    expect(await led({ [input]: spell(path) }, top())).toEqual({ [input]: path });
  });

  test('is led to the base for a pattern, and for a folder whose name has a pattern in it', async () => {
    expect(await led({ charts: spell('charts/*') }, top())).toEqual({ charts: 'charts/*' });
    expect(await led({ charts: spell('charts/b (1)') }, top())).toEqual({ charts: 'charts/b (1)' });
  });
});

test('a link into the repository is led to the folder behind it, also where the run starts in a link', async () => {
  expect(await led({ charts: join(links, 'charts/a') }, top())).toEqual({ charts: 'charts/a' });
  const work = join(links, 'repository');
  expect(await led({ charts: join(top(), 'charts/a') }, work)).toEqual({ charts: 'charts/a' });
  expect(await led({ charts: '../charts/a' }, work)).toEqual({ charts: 'charts/a' });
});

test('an exclusion is led to the base, as the pattern that it belongs to', async () => {
  expect(await led({ charts: `!${detour('charts/a')}` }, top())).toEqual({ charts: '!charts/a' });
});

test('a run finds what a change moves, although its path takes a detour', async () => {
  const inputs = { 'base-ref': 'main', charts: detour('charts/a') };
  const run = await runChange({ host: 'terminal', work: top(), env: {}, inputs });
  expect(run.changes, run.log).toEqual(['moved a:1 -> a:2']);
});

test('a chart outside of every checkout is new, and a warning says so', async () => {
  const outside = await testFolder();
  await cp(join(top(), 'charts/a'), join(outside, 'a'), { recursive: true });
  const inputs = { 'base-ref': 'main', charts: join(outside, 'a') };
  const run = await runChange({ host: 'terminal', work: top(), env: {}, inputs });
  expect(run.changes, run.log).toEqual(['added a:2']);
  expect(run.log).toContain('is not in the checkout');
});

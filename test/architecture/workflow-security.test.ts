/** What zizmor, the linter for the security of workflows, says about ours and about those that users copy. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { zizmorPath } from '../../scripts/tools.ts';
import { testFolder } from '../support/folder.ts';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

const config = join(root, '.github', 'zizmor.yml');

async function audit(...paths: readonly string[]) {
  const options = ['--offline', '--no-progress', '--strict-collection', '--color=never', '--config', config];
  return await runProgram(zizmorPath(), [...options, ...paths], { cwd: root });
}

/** A folder is only searched for `.github/workflows`, so that examples are named one by one. */
async function examples(): Promise<readonly string[]> {
  const folder = join(root, 'examples', 'github');
  return (await readdir(folder)).map((name) => join(folder, name));
}

const isThere = existsSync(zizmorPath());

// A machine without Python has no zizmor; the CI of this repository always has.
describe.skipIf(!isThere && process.env['GITHUB_ACTIONS'] === undefined)('zizmor', () => {
  test('finds nothing in the workflows of this project, its action and the examples', async () => {
    const run = await audit(...(await examples()), join(root, '.github'), join(root, 'action.yml'));
    for (const name of ['examples/github/pr-check.yml', '.github/workflows/ci.yml', '.github/dependabot.yml']) {
      expect(run.output).toContain(`${name}\n`);
    }
    expect([run.code, run.output.split('\n').filter((line) => !/INFO/.test(line))[0]]).toEqual([
      0,
      expect.stringContaining('No findings to report.'),
    ]);
  });

  test('but it does in an example whose action is not pinned', async () => {
    const text = await readFile(join(root, 'examples', 'github', 'pr-check.yml'), 'utf8');
    const file = join(await testFolder(), 'pr-check.yml');
    await writeFile(file, text.replace(/actions\/checkout@\S+/, 'actions/checkout@v7'));
    const run = await audit(file);
    expect([run.code === 0, run.output]).toEqual([false, expect.stringContaining('unpinned-uses')]);
  });
});

test('every finding of zizmor that is left has a written reason', async () => {
  const rules = (await readFile(config, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const exceptions = rules.filter(
    (line, at) => /^\s+(- |chart-images\/)/.test(line) && !/^\s*#/.test(rules[at - 1] ?? ''),
  );
  expect(exceptions).toEqual([]);
  const folders = [join(root, '.github', 'workflows'), join(root, 'examples', 'github')];
  const files = (
    await Promise.all(folders.map(async (at) => (await readdir(at)).map((name) => join(at, name))))
  ).flat();
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const ignored = texts.flatMap((text) => text.split('\n').filter((line) => line.includes('zizmor: ignore')));
  expect(ignored.filter((line) => !/zizmor: ignore\[[\w,-]+\] \S+ \S+/.test(line))).toEqual([]);
});

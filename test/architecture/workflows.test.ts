import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { toolPath } from '../../scripts/tools.ts';
import { testFolder } from '../support/folder.ts';
import { runProgram } from '../support/program.ts';
import { root } from '../support/root.ts';

const read = async (...path: readonly string[]) => await readFile(join(root, ...path), 'utf8');

async function filesIn(...path: readonly string[]): Promise<readonly string[]> {
  return (await readdir(join(root, ...path)))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(root, ...path, name));
}

async function lint(files: readonly string[]) {
  // shellcheck is not everywhere; what it would say must not depend on the machine.
  // actionlint 1.7.12 is older than `queue` (docs.github.com, "Workflow syntax", `concurrency`).
  const newer = ['-ignore', 'unexpected key "queue" for "concurrency" section'];
  const run = await runProgram(
    toolPath('actionlint'),
    ['-shellcheck=', '-pyflakes=', '-no-color', ...newer, ...files],
    {
      cwd: root,
    },
  );
  return `${run.output}${run.code}`;
}

/** Every place in YAML that starts this project, and what it is given there. */
interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly task?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

function stepsIn(value: unknown): readonly Step[] {
  if (Array.isArray(value)) return value.flatMap(stepsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(stepsIn)];
}

/** YAML of the README and the pages for GitHub: whole files, and steps alone. */
async function documentedBlocks(): Promise<readonly string[]> {
  const pages = [
    ['README.md'],
    ...['getting-started/github-actions.md', 'guides/mirroring.md', 'guides/sharding.md', 'guides/aosm.md'].map(
      (page) => ['docs', ...page.split('/')],
    ),
  ];
  const texts = await Promise.all(pages.map((page) => read(...page)));
  return texts.flatMap((text) => [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block));
}

describe('actionlint finds nothing in', () => {
  test("the project's own workflows", async () => {
    const files = await filesIn('.github', 'workflows');
    expect(files).not.toEqual([]);
    expect(await lint(files)).toBe('0');
  });

  test('the examples for GitHub', async () => {
    const files = await filesIn('examples', 'github');
    expect(files).not.toEqual([]);
    expect(await lint(files)).toBe('0');
  });

  test('the workflows of the documentation', async () => {
    const folder = await testFolder();
    const workflows = (await documentedBlocks()).filter((text) => text.includes('\njobs:'));
    const files = workflows.map((_, index) => join(folder, `readme-${index}.yml`));
    await Promise.all(files.map((file, index) => writeFile(file, workflows[index] ?? '')));
    expect(files).not.toEqual([]);
    expect(await lint(files)).toBe('0');
  });

  test('but it does in a workflow that is wrong', async () => {
    const file = join(await testFolder(), 'wrong.yml');
    await writeFile(
      file,
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    if: nothing.at\n    steps:\n      - run: echo\n',
    );
    expect(await lint([file])).toContain('undefined variable "nothing"');
  });
});

describe('every example gives only inputs that exist', () => {
  test('to the action, by the major version of this release', async () => {
    const known = Object.keys(parse(await read('action.yml')).inputs);
    const files = [...(await filesIn('examples', 'github')), ...(await filesIn('.github', 'workflows'))];
    const texts = [
      ...(await Promise.all(files.map(async (file) => await readFile(file, 'utf8')))),
      ...(await documentedBlocks()),
    ];
    const uses = texts
      .flatMap((text) => stepsIn(parse(text)))
      .filter(({ uses }) => uses === './' || uses?.startsWith('chart-images/'));
    expect(uses.length).toBeGreaterThan(3);
    const { version } = JSON.parse(await read('package.json'));
    const published = `chart-images/chart-images@v${version.split('.')[0]}`;
    expect(new Set(uses.map((step) => step.uses))).toEqual(new Set(['./', published]));
    expect(uses.flatMap((step) => Object.keys(step.with ?? {})).filter((name) => !known.includes(name))).toEqual([]);
  });

  test('to the Azure task, by the major version of this release', async () => {
    const task = JSON.parse(await read('task', 'task.json'));
    const known = task.inputs.map(({ name }: { name: string }) => name);
    const files = await filesIn('examples', 'azure-pipelines');
    const texts = [
      ...(await Promise.all(files.map(async (file) => await readFile(file, 'utf8')))),
      ...(await documentedBlocks()),
    ];
    const tasks = texts
      .flatMap((text) => stepsIn(parse(text)))
      .filter((step) => step.task?.startsWith(`${task.name}@`));
    expect(tasks.length).toBeGreaterThan(1);
    expect(new Set(tasks.map(({ task }) => task))).toEqual(new Set([`${task.name}@${task.version.Major}`]));
    expect(tasks.flatMap((step) => Object.keys(step.inputs ?? {})).filter((name) => !known.includes(name))).toEqual([]);
  });
});

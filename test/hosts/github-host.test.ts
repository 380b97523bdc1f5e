import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { githubInputs } from '../../src/hosts/github-host.ts';
import { testFolder } from '../support/folder.ts';
import { readGitHubCommands, readOutputFile } from '../support/github-commands.ts';
import { playScene } from './host-fixtures.ts';

async function step(play: string, more: Readonly<Record<string, string>> = {}) {
  const folder = await testFolder();
  const file = (name: string) => join(folder, name);
  await mkdir(file('temp'));
  await writeFile(file('output'), '');
  await writeFile(file('summary'), '');
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: file('work'),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary'),
    RUNNER_TEMP: file('temp'),
    RUNNER_TOOL_CACHE: file('tools'),
    ...more,
  };
  const run = await playScene({ host: 'github', play, env, cwd: folder });
  return {
    ...run,
    folder,
    commands: readGitHubCommands(run.output),
    outputs: async () => readOutputFile(await readFile(file('output'), 'utf8')),
    summary: async () => await readFile(file('summary'), 'utf8'),
    left: async () => await readdir(file('temp')),
  };
}

describe('the inputs of a GitHub action', () => {
  test('come by their kebab-case names, without empty ones', () => {
    const env = {
      'INPUT_IMAGE-SOURCES': ' a.example\nb.example\n',
      INPUT_PUSH: 'true',
      INPUT_TARGET: '',
      PATH: '/bin',
    };
    expect(githubInputs(env)).toEqual({ 'image-sources': 'a.example\nb.example', push: 'true' });
  });

  test('GitHub inputs include undeclared ones, so that a typo is reported', () => {
    expect(githubInputs({ INPUT_IMAGE_SOURCES: 'a', INPUT_MY_INPUT: 'b', INPUT___PROTO__: 'c' })).toEqual(
      Object.fromEntries([
        ['image_sources', 'a'],
        ['my_input', 'b'],
        ['__proto__', 'c'],
      ]),
    );
  });
});

describe('as a GitHub action', () => {
  test('outputs and the summary go to their files', async () => {
    const run = await step(`
      host.setOutput('images', '[{"image":"nginx:1"}]');
      host.setOutput('image-count', '1');
      await host.writeSummary('# Images\\n');
      await host.writeSummary('more\\n');
      host.finish(0, 'All found.');
    `);
    expect(await run.outputs()).toEqual({ images: '[{"image":"nginx:1"}]', 'image-count': '1' });
    expect(await run.summary()).toBe('# Images\nmore\n');
    expect({ code: run.code, output: run.output }).toEqual({ code: 0, output: '' });
  });

  test('a summary that GitHub would drop is cut below its limit', async () => {
    const run = await step(`
      await host.writeSummary('| first |\\n'.repeat(60_000));
      await host.writeSummary('| second |\\n'.repeat(60_000));
      host.finish(0, '');
    `);
    const summary = await run.summary();
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(summary).toContain('| second |');
    expect(summary).toMatch(/The summary is truncated.*\n$/);
  });

  test('an annotation has its place, its title and all its lines', async () => {
    const { commands } = await step(`
      host.annotate({ level: 'error', title: 'absent: a, b', message: '100%\\nof it', file: 'charts/a:b.yaml', line: 3, column: 7 });
      host.annotate({ level: 'warning', title: 'no-tag', message: 'latest', file: 'a.yaml' });
      host.annotate({ level: 'notice', title: 'note', message: 'there' });
      host.finish(1, 'Failed.');
    `);
    expect(commands).toEqual([
      {
        name: 'error',
        properties: { title: 'absent: a, b', file: 'charts/a:b.yaml', line: '3', col: '7' },
        data: '100%\nof it',
      },
      { name: 'warning', properties: { title: 'no-tag', file: 'a.yaml' }, data: 'latest' },
      { name: 'notice', properties: { title: 'note' }, data: 'there' },
    ]);
  });

  test('a secret is masked line by line before it can be shown', async () => {
    const run = await step(`
      host.mask('hunter2');
      host.mask('first line\\nsecond line\\n}');
      host.log.info('hunter2');
      await host.group('hunter2', async () => {});
      host.annotate({ level: 'error', title: 'chart-images: absent', message: 'hunter2' });
    `);
    expect(run.commands.slice(0, 3)).toEqual(
      ['hunter2', 'first line', 'second line'].map((data) => ({ name: 'add-mask', properties: {}, data })),
    );
    expect(run.stdout.split('\n').slice(3).join('\n')).toBe(
      '***\n::group::***\n::endgroup::\n::error title=chart-images%3A absent::***\n',
    );
  });

  test('a password that is a word of the report leaves it whole: it was masked field by field before', async () => {
    const run = await step(`
      for (const word of ['error', 'absent', 'found', 'Charts.yaml']) host.mask(word);
      host.annotate({ level: 'error', title: 'chart-images: absent', message: 'not found', file: 'error/absent.yaml' });
      await host.writeSummary('2 found, 1 absent');
      host.setOutput('images', '[{"status":"absent"}]');
      host.print({ table: 'found', json: '{}' });
      host.finish(1, '1 image is absent');
    `);
    const [annotation] = run.commands.filter(({ name }) => name === 'error');
    expect(annotation).toEqual({
      name: 'error',
      properties: { title: 'chart-images: absent', file: 'error/absent.yaml' },
      data: 'not ***',
    });
    expect([await run.summary(), await run.outputs()]).toEqual([
      '2 found, 1 absent',
      { images: '[{"status":"absent"}]' },
    ]);
    expect(run.stdout).toMatch(/\nfound\n1 image is absent\n$/);
  });

  test('nothing that a chart says is a command', async () => {
    const { commands } = await step(
      `
      const hostile = '::set-output name=a::b\\n ::add-mask::x\\r##[add-path]/x\\u200b\\n##vso[task.complete]';
      host.log.info(hostile);
      host.log.warning(hostile);
      host.log.debug(hostile);
      host.annotate({ level: 'error', title: hostile, message: hostile, file: hostile });
      host.print({ table: hostile, json: hostile });
      await host.group(hostile, async () => {});
      host.finish(1, hostile);
      `,
      { RUNNER_DEBUG: '1' },
    );
    expect(commands.map(({ name }) => name)).toEqual(['debug', 'error', 'group', 'endgroup']);
  });

  test('log lines, groups and the table are plain lines of the log', async () => {
    const { stdout, stderr } = await step(`
      await host.group('Charts', async () => host.log.info('contoso'));
      host.log.warning('slow');
      host.log.debug('detail');
      host.print({ table: 'IMAGE\\nnginx', json: '{}' });
      host.finish(0, '');
    `);
    expect(stdout).toBe('::group::Charts\ncontoso\n::endgroup::\nwarning: slow\nIMAGE\nnginx\n');
    expect(stderr).toBe('');
  });

  test('short work is done without a word about its progress', async () => {
    const { stdout } = await step(`
      const read = () => ({ label: 'images copied', done: 3, total: 12, underway: [] });
      host.log.info(await host.withProgress(read, async () => 'done'));
      host.finish(0, '');
    `);
    expect(stdout).toBe('done\n');
  });

  test('the folders are the ones of the runner, and only the report stays', async () => {
    const run = await step(`
      const { mkdir, writeFile } = await import('node:fs/promises');
      await writeFile(host.folders.temporary + '/file', '');
      await mkdir(host.reportFolder);
      host.setOutput('folders', JSON.stringify({ ...host.folders, report: host.reportFolder }));
      host.finish(0, '');
    `);
    const folders = JSON.parse((await run.outputs())['folders'] ?? '');
    expect(folders).toMatchObject({ work: join(run.folder, 'work'), toolCache: join(run.folder, 'tools') });
    expect(folders.temporary.startsWith(join(run.folder, 'temp'))).toBe(true);
    expect(await run.left()).toEqual([folders.report.slice(join(run.folder, 'temp').length + 1)]);
  });

  test('a fault that ends the run is one annotation with its place and advice, and fails the step', async () => {
    const { commands, code } = await step(`
      throw new ChartImagesError('syntax', 'A comma is missing.', {
        advice: 'Put one there.',
        location: { file: 'cnf-input.jsonc', line: 4, column: 2 },
      });
    `);
    expect(code).toBe(2);
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatchObject({ name: 'error', properties: { file: 'cnf-input.jsonc', line: '4', col: '2' } });
    expect(commands[0]?.data).toContain('A comma is missing.');
    expect(commands[0]?.data).toContain('Put one there.');
  });
});

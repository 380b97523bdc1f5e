import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { azureInputs } from '../../src/hosts/azure-host.ts';
import { readAzureCommands } from '../support/azure-commands.ts';
import { testFolder } from '../support/folder.ts';
import { readGitHubCommands } from '../support/github-commands.ts';
import { playScene } from './host-fixtures.ts';

async function task(play: string, more: Readonly<Record<string, string>> = {}) {
  const folder = await testFolder();
  const file = (name: string) => join(folder, name);
  await mkdir(file('work'));
  await mkdir(file('temp'));
  const env = {
    TF_BUILD: 'True',
    AGENT_TEMPDIRECTORY: file('temp'),
    AGENT_TOOLSDIRECTORY: file('tools'),
    SYSTEM_DEFAULTWORKINGDIRECTORY: file('work'),
    INPUT_PUSH: 'true',
    ...more,
  };
  const run = await playScene({ host: 'azure', play, env, cwd: file('work') });
  const commands = readAzureCommands(run.output);
  return {
    ...run,
    folder,
    /** Without the library's own remarks. */
    commands: commands.filter(({ name }) => name !== 'task.debug'),
    debug: commands.filter(({ name }) => name === 'task.debug').map(({ data }) => data),
    lines: run.output.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('##vso[')),
    left: async () => ({ work: await readdir(file('work')), temp: await readdir(file('temp')) }),
  };
}

describe('the inputs of an Azure Pipelines task', () => {
  test('come by their kebab-case names, without empty ones', () => {
    const env = { INPUT_IMAGESOURCES: 'a.example\nb.example\n', INPUT_PUSH: 'true', INPUT_TARGET: '', PATH: '/bin' };
    const inputs = { 'image-sources': 'a.example\nb.example', push: 'true' };
    expect(azureInputs(env)).toEqual({ inputs, unknown: [] });
  });

  test('hold the place of the job among its siblings, counted from 0 as GitHub does', () => {
    const env = { INPUT_SHARD: 'auto', SYSTEM_JOBPOSITIONINPHASE: '2', SYSTEM_TOTALJOBSINPHASE: '5' };
    expect(azureInputs(env).inputs).toEqual({ shard: 'auto', 'job-position': '1/5' });
  });

  test('Azure inputs are distinguished from pipeline variables with the same prefix', () => {
    expect(azureInputs({ INPUT_IMAGESOURCE: 'a', INPUT_WEIGHT: '3', INPUT_PUSH: 'true' })).toEqual({
      inputs: { push: 'true' },
      unknown: ['imagesource', 'weight'],
    });
  });
});

describe('as an Azure Pipelines task', () => {
  test('an unknown INPUT_ variable is ignored, and a likely typo is reported', async () => {
    const env = { INPUT_IMAGESOURCE: 'a.example', INPUT_WEIGHT: '3' };
    const { lines } = await task(`host.finish(Object.keys(host.inputs).length === 1 ? 0 : 3, 'Done.')`, env);
    expect(lines).toEqual([
      expect.stringMatching(/^##\[warning\]Ignored the unknown input "imagesource".*"imageSources"/),
    ]);
  });

  test('outputs are output variables, under the name of the contract and one that every tool can write', async () => {
    const { commands } = await task(`
      host.setOutput('images', '[{"image":"nginx:1"}]');
      host.setOutput('image-count', '1');
      host.finish(0, 'All found.');
    `);
    const variables = commands.filter(({ name }) => name === 'task.setvariable');
    expect(variables).toEqual(
      [
        ['images', '[{"image":"nginx:1"}]'],
        ['image-count', '1'],
        ['imageCount', '1'],
      ].map(([variable, data]) => ({
        name: 'task.setvariable',
        properties: { variable, isOutput: 'true', issecret: 'false' },
        data,
      })),
    );
  });

  test('the summary is a file that the agent finds later', async () => {
    const { commands, folder } = await task(`
      await host.writeSummary('# Images\\n');
      host.finish(0, '');
    `);
    const file = commands.find(({ name }) => name === 'task.uploadsummary')?.data ?? '';
    expect(file.startsWith(join(folder, 'temp'))).toBe(true);
    expect(file.endsWith('chart-images.md')).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('# Images\n');
  });

  test('the list of tests is a file that the agent finds later, whatever the folder of the report is called', async () => {
    const { commands, folder } = await task(`
      await host.publishTests('<testsuites name="***"/>\\n');
      host.finish(1, '');
    `);
    const published = commands.find(({ name }) => name === 'results.publish');
    expect(published?.properties).toEqual({
      type: 'JUnit',
      runTitle: 'chart-images',
      resultFiles: expect.stringMatching(/images\.junit\.xml$/),
    });
    const file = published?.properties['resultFiles'] ?? '';
    expect(file.startsWith(join(folder, 'temp'))).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('<testsuites name="***"/>\n');
  });

  test('an issue has its place, its title and all its lines', async () => {
    const { commands, lines } = await task(`
      host.annotate({ level: 'error', title: 'absent', message: '100%\\nof it; all]', file: 'charts/a.yaml', line: 3, column: 7 });
      host.annotate({ level: 'warning', title: 'no-tag', message: 'latest' });
      host.annotate({ level: 'notice', title: 'note', message: 'there', file: 'a.yaml', line: 1 });
      host.finish(1, 'Failed.');
    `);
    expect(commands.slice(0, 2)).toEqual([
      {
        name: 'task.logissue',
        properties: { type: 'error', sourcepath: 'charts/a.yaml', linenumber: '3', columnnumber: '7' },
        data: 'absent: 100%\nof it; all]',
      },
      { name: 'task.logissue', properties: { type: 'warning' }, data: 'no-tag: latest' },
    ]);
    expect(lines).toEqual(['a.yaml:1: notice: note', '  there']);
  });

  test('a secret is masked line by line before it can be shown, and no input is printed', async () => {
    const run = await task(
      `
      host.mask('hunter2');
      host.mask('first line\\nsecond line\\n}');
      host.log.info('hunter2');
      host.annotate({ level: 'error', title: 'chart-images: absent', message: 'hunter2' });
      host.finish(3, '' + Object.keys(process.env).filter((name) => name.startsWith('INPUT_')));
      `,
      { INPUT_REGISTRYCREDENTIALS: 'r.example me s3cr3t-word', SYSTEM_DEBUG: 'true' },
    );
    const secrets = run.commands.filter(({ name }) => name === 'task.setsecret').map(({ data }) => data);
    expect(secrets).toEqual(['hunter2', 'first line', 'second line']);
    expect(run.output).not.toContain('s3cr3t-word');
    expect(run.output.match(/hunter2/g)).toHaveLength(1);
    expect(run.commands.at(-1)).toMatchObject({ name: 'task.complete', data: '' });
  });

  test('nothing that a chart says is a command', async () => {
    const { commands, output } = await task(
      `
      const hostile = '##vso[task.setvariable variable=a]b\\nx ##VSO[task.prependpath]/x\\r::add-mask::x\\n##vs\\u200bo[a.b]';
      host.log.info(hostile);
      host.log.warning(hostile);
      host.log.debug(hostile);
      host.annotate({ level: 'error', title: hostile, message: hostile, file: hostile });
      host.annotate({ level: 'notice', title: hostile, message: hostile });
      host.print({ table: hostile, json: hostile });
      await host.group(hostile, async () => {});
      host.finish(1, hostile);
      `,
      { SYSTEM_DEBUG: 'true' },
    );
    expect(commands.map(({ name }) => name)).toEqual(['task.logissue', 'task.complete']);
    expect(readGitHubCommands(output).filter(({ name }) => name === 'add-mask')).toEqual([]);
  });

  test('log lines, groups and the table are lines of the log', async () => {
    const { lines, debug } = await task(`
      await host.group('Charts', async () => host.log.info('contoso'));
      host.log.warning('slow');
      host.log.debug('detail');
      host.print({ table: 'IMAGE\\nnginx', json: '{}' });
      host.finish(0, '');
    `);
    expect(lines).toEqual(['##[group]Charts', 'contoso', '##[endgroup]', '##[warning]slow', 'IMAGE', 'nginx']);
    expect(debug).not.toContain('detail');
  });

  test('progress sets the percentage of the Azure task when it changes', async () => {
    const { commands, lines } = await task(`
      const bytes = { done: 250, total: 1000 };
      const read = () => ({ label: 'images copied; ]%0D', done: 3, total: 12, bytes, underway: [] });
      await host.withProgress(read, () => new Promise((resolve) => setTimeout(resolve, 3500)));
      host.finish(0, '');
    `);
    expect(commands.filter(({ name }) => name === 'task.setprogress')).toEqual([
      {
        name: 'task.setprogress',
        properties: { value: '25' },
        data: '3 of 12 images copied; ]%0D, 250 B of at most 1.0 kB',
      },
    ]);
    expect(lines).toEqual([]);
  });

  test('debug lines are shown when the pipeline is run with system.debug', async () => {
    const { debug } = await task(`host.log.debug('detail'); host.finish(0, '');`, { SYSTEM_DEBUG: 'True' });
    expect(debug).toContain('detail');
  });

  test('success and failure set the result of the Azure task, and the exit code is 0', async () => {
    const passed = await task(`host.finish(0, 'All found.');`);
    expect(passed.code).toBe(0);
    expect(passed.commands).toEqual([
      { name: 'task.complete', properties: { result: 'Succeeded' }, data: 'All found.' },
    ]);
    const failed = await task(`host.finish(1, '1 image was not found in any source.');`);
    expect(failed.code).toBe(0);
    expect(failed.commands).toEqual([
      { name: 'task.complete', properties: { result: 'Failed' }, data: '1 image was not found in any source.' },
    ]);
  });

  test('a fault that ends the run is one issue with its place and advice', async () => {
    const { commands, code } = await task(`
      throw new ChartImagesError('syntax', 'A comma is missing.', {
        advice: 'Put one there.',
        location: { file: 'cnf-input.jsonc', line: 4, column: 2 },
      });
    `);
    expect(code).toBe(0);
    expect(commands.map(({ name }) => name)).toEqual(['task.logissue', 'task.complete']);
    expect(commands[0]?.properties).toMatchObject({ type: 'error', sourcepath: 'cnf-input.jsonc', linenumber: '4' });
    expect(commands[0]?.data).toContain('Put one there.');
  });

  test('an uncaught error is reported once, masked, and fails the task', async () => {
    const { commands, output } = await task(`
      host.mask('hunter2');
      setTimeout(() => { throw new Error('hunter2 is wrong'); });
      await new Promise(() => setInterval(() => {}, 1000));
    `);
    expect(commands.map(({ name }) => name)).toEqual(['task.setsecret', 'task.logissue', 'task.complete']);
    expect(commands[2]?.properties).toEqual({ result: 'Failed' });
    expect(output.match(/hunter2/g)).toHaveLength(1);
  });

  test('the folders are the ones of the agent, and the work folder stays as it was', async () => {
    const run = await task(`
      host.setOutput('folders', JSON.stringify({ ...host.folders, report: host.reportFolder }));
      host.finish(0, '');
    `);
    const folders = JSON.parse(run.commands[0]?.data ?? '');
    expect(folders).toMatchObject({ work: join(run.folder, 'work'), toolCache: join(run.folder, 'tools') });
    for (const folder of [folders.temporary, folders.report])
      expect(folder.startsWith(join(run.folder, 'temp'))).toBe(true);
    expect(await run.left()).toEqual({ work: [], temp: [] });
  });

  test("the agent's own variables are as they were once the library is loaded", async () => {
    const env = 'process.env.AGENT_TEMPDIRECTORY';
    const { commands, folder } = await task(`host.finish(0, ${env});`);
    expect(commands.at(-1)?.data).toBe(join(folder, 'temp'));
  });

  test('the library leaves no key behind where there is no agent', async () => {
    const run = await task(`host.finish(0, '');`, { AGENT_TEMPDIRECTORY: '' });
    expect(run.code).toBe(0);
    expect(await run.left()).toEqual({ work: [], temp: [] });
  });
});

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readAzureCommands } from '../support/azure-commands.ts';
import { testFolder } from '../support/folder.ts';
import { root } from '../support/root.ts';
import { playScene, sourceUrl } from './host-fixtures.ts';

const sample = pathToFileURL(join(root, 'test', 'report', 'model', 'sample.ts')).href;

/** Publishes what `of` says of the sample reports, in a real process. */
async function publishing(
  host: 'github' | 'azure',
  of: string,
  reportFolder?: string,
  paths: Readonly<Record<string, (folder: string) => string>> = {},
  before = '',
) {
  const folder = await testFolder();
  const file = (name: string) => join(folder, name);
  await mkdir(file('temp'));
  await writeFile(file('summary.md'), '');
  await writeFile(file('outputs'), '');
  const env = {
    TF_BUILD: 'True',
    AGENT_TEMPDIRECTORY: file('temp'),
    SYSTEM_DEFAULTWORKINGDIRECTORY: folder,
    RUNNER_TEMP: file('temp'),
    GITHUB_WORKSPACE: folder,
    GITHUB_STEP_SUMMARY: file('summary.md'),
    GITHUB_OUTPUT: file('outputs'),
    ...Object.fromEntries(Object.entries(paths).map(([name, pathIn]) => [name, pathIn(folder)])),
  };
  const play = `
    const { publishReport } = await import('${sourceUrl('hosts/publish-report.ts')}');
    const { writeFileSync } = await import('node:fs');
    ${before}
    const sample = await import('${sample}');
    await publishReport(sample.${of}, host, ${JSON.stringify(reportFolder && join(folder, reportFolder))}, signal);
  `;
  const run = await playScene({ host, play, env, cwd: folder });
  return { ...run, folder, commands: readAzureCommands(run.output) };
}

describe('a report', () => {
  test('is a folder of three files beside the summary, wherever it runs', async () => {
    for (const host of ['github', 'azure'] as const) {
      const { folder } = await publishing(host, 'contosoWithout()', 'out');
      expect((await readdir(join(folder, 'out'))).sort()).toEqual(['images.json', 'images.junit.xml', 'images.sarif']);
    }
  });

  test('has a picture on GitHub, whose summaries show it, and none on Azure', async () => {
    const github = await publishing('github', 'contoso()');
    expect(await readFile(join(github.folder, 'summary.md'), 'utf8')).toContain('```mermaid\n');
    const azure = await publishing('azure', 'contoso()');
    const summary = azure.commands.find(({ name }) => name === 'task.uploadsummary')?.data ?? '';
    expect(await readFile(summary, 'utf8')).toContain('4 of 4 images found');
    expect(await readFile(summary, 'utf8')).not.toContain('mermaid');
  });

  test('is on the Tests tab of Azure Pipelines, with one test for each image', async () => {
    const { commands } = await publishing('azure', 'contosoWithout()');
    const file = commands.find(({ name }) => name === 'results.publish')?.properties['resultFiles'] ?? '';
    expect((await readFile(file, 'utf8')).match(/<testcase /g)).toHaveLength(4);
  });

  test('is not given to the Tests tab when there is nothing to show there', async () => {
    const { commands } = await publishing('azure', 'report()');
    expect(commands.map(({ name }) => name)).not.toContain('results.publish');
    expect(commands.at(-1)?.properties).toEqual({ result: 'Succeeded' });
  });

  test('that cannot be written fails the run, and its other formats are still shown', async () => {
    const { commands } = await publishing('azure', 'contoso()', 'outputs');
    expect(commands.find(({ name }) => name === 'task.logissue')?.data).toContain('Cannot write the report to ');
    expect(commands.map(({ name }) => name)).toContain('task.uploadsummary');
    expect(commands.at(-1)?.properties).toEqual({ result: 'Failed' });
  });
});

/** Where a host's file is expected: what is there instead, and what the error says of it. */
const unwritable = [
  ['a folder', (folder: string) => folder, /EISDIR/],
  ['a path below a file', (folder: string) => join(folder, 'summary.md', 'x'), /ENOTDIR|[Mm]issing file/],
  ['missing with its folder', (folder: string) => join(folder, 'nowhere', 'x'), /ENOENT|[Mm]issing file/],
  ...(process.platform === 'linux' ? [['full', () => '/dev/full', /ENOSPC/] as const] : []),
] as const;

describe.each(unwritable)('a host file that is %s', (_, pathIn, why) => {
  test('takes no output, and the report, the annotations and the summary are there all the same', async () => {
    const run = await publishing('github', 'contoso()', 'out', { GITHUB_OUTPUT: pathIn });
    expect(run.code).toBe(3);
    expect(run.output).toMatch(/::error title=chart-images%3A not-writable::Cannot write the outputs: /);
    expect(run.output).toMatch(why);
    expect(await readdir(join(run.folder, 'out'))).toContain('images.json');
    const summary = await readFile(join(run.folder, 'summary.md'), 'utf8');
    expect(summary).toContain('✅ copied');
    expect(summary).toContain('not-writable');
  });

  test('takes no summary, and the report, the outputs and the table are there all the same', async () => {
    const run = await publishing('github', 'contoso()', 'out', { GITHUB_STEP_SUMMARY: pathIn });
    expect(run.code).toBe(3);
    expect(run.output).toMatch(/::error title=chart-images%3A not-writable::Cannot write the job summary: /);
    expect(await readdir(join(run.folder, 'out'))).toContain('images.json');
    expect(await readFile(join(run.folder, 'outputs'), 'utf8')).toContain('unresolved-count');
    expect(run.output).toContain('STATUS');
  });
});

test('a report for which the disk has no room is not a wrong input, and nothing else is lost', async () => {
  const run = await publishing(
    'github',
    'contoso()',
    'out',
    {},
    'host.writeSummary = async () => { throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" }); };',
  );
  expect(run.code).toBe(3);
  expect(run.output).toContain('Free space on the disk');
});

test('a folder that is a file where Azure keeps what a task uploads loses neither annotations nor the table', async () => {
  const run = await publishing('azure', 'contosoWithout()', 'out', {}, "writeFileSync(host.reportFolder, '');");
  expect(run.output).toContain('##vso[task.complete result=Failed;]');
  expect(run.output).toContain('Cannot write the job summary: ');
  expect(run.output).toContain('Cannot write the test results: ');
  expect(run.output).toContain('STATUS');
  expect(await readdir(join(run.folder, 'out'))).toContain('images.json');
});

test('a signal that comes while the report is shown ends the run as interrupted, with the report', async () => {
  const run = await publishing(
    'github',
    'contoso()',
    'out',
    {},
    "setTimeout(() => process.kill(process.pid, 'SIGTERM'), 0); const end = Date.now() + 50; while (Date.now() < end);",
  );
  expect(run.code).toBe(130);
  expect(await readdir(join(run.folder, 'out'))).toContain('images.json');
  expect(await readFile(join(run.folder, 'summary.md'), 'utf8')).toContain('4 of 4 images found');
});

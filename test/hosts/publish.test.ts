import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readAzureCommands } from '../support/azure-commands.ts';
import { testFolder } from '../support/folder.ts';
import { root } from '../support/root.ts';
import { playScene, sourceUrl } from './scene.ts';

const sample = pathToFileURL(join(root, 'test', 'report', 'sample.ts')).href;

/** Publishes what `of` says of the sample reports, in a real process. */
async function publishing(host: 'github' | 'azure', of: string, reportFolder?: string) {
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
  };
  const play = `
    const { publish } = await import('${sourceUrl('hosts/publish.ts')}');
    const sample = await import('${sample}');
    await publish(sample.${of}, host, ${JSON.stringify(reportFolder && join(folder, reportFolder))});
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

  test('that can not be written fails the run, and its other faces are still shown', async () => {
    const { commands } = await publishing('azure', 'contoso()', 'outputs');
    expect(commands.find(({ name }) => name === 'task.logissue')?.data).toContain('could not be written');
    expect(commands.map(({ name }) => name)).toContain('task.uploadsummary');
    expect(commands.at(-1)?.properties).toEqual({ result: 'Failed' });
  });
});

/** Where the files of a report are in their repository, as the hosts want to be told. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { absolutePaths, repositoryPaths } from '../../src/hosts/repository-paths.ts';
import { readAzureCommands } from '../support/azure-commands.ts';
import { checkoutAt, makeRepository } from '../support/checkout.ts';
import { testFolder } from '../support/folder.ts';
import { readGitHubCommands } from '../support/github-commands.ts';
import { playScene } from './host-fixtures.ts';

/** A workspace with a checkout of `owner/app` in a folder, and one of `owner/tools` beside it. */
async function workspace(): Promise<string> {
  const folder = await testFolder();
  for (const name of ['app', 'tools']) {
    await mkdir(join(folder, name, 'charts/a'), { recursive: true });
    await writeFile(join(folder, name, 'charts/a/values.yaml'), 'a: 1\n');
    const { git } = checkoutAt(join(folder, name));
    await git('init', '--quiet');
    await git('remote', 'add', 'origin', `https://token@github.com/Owner/${name}.git`);
  }
  return folder;
}

describe('the path of a file in its repository', () => {
  test('begins at the checkout that is in a folder of the workspace', async () => {
    const convert = repositoryPaths(await workspace(), 'owner/app');
    expect(convert('app/charts/a/values.yaml')).toBe('charts/a/values.yaml');
  });

  test('is not shortened in a checkout of another repository, where GitHub would show another file', async () => {
    const convert = repositoryPaths(await workspace(), 'owner/app');
    expect(convert('tools/charts/a/values.yaml')).toBe('tools/charts/a/values.yaml');
  });

  test('begins at the top level where the run is in a folder of the checkout', async () => {
    const { folder } = await makeRepository();
    await mkdir(join(folder, 'deploy'));
    expect(repositoryPaths(join(folder, 'deploy'))('charts/a/values.yaml')).toBe('deploy/charts/a/values.yaml');
  });

  test('is that of the checkout around a submodule', async () => {
    const { folder } = await makeRepository();
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub/.git'), 'gitdir: ../.git/modules/sub\n');
    expect(repositoryPaths(folder)('sub/values.yaml')).toBe('sub/values.yaml');
  });

  test('stays as it is outside of the folder of the run', async () => {
    const folder = await workspace();
    expect(repositoryPaths(join(folder, 'app'), 'owner/app')('../tools/values.yaml')).toBe('../tools/values.yaml');
    expect(repositoryPaths(folder, 'owner/app')('oci://registry.example/chart:1.0.0')).toBe(
      'oci://registry.example/chart:1.0.0',
    );
  });
});

test('the path for the agent of Azure Pipelines is absolute where the file exists', async () => {
  const folder = await workspace();
  const convert = absolutePaths(folder);
  expect(convert('app/charts/a/values.yaml')).toBe(join(folder, 'app/charts/a/values.yaml'));
  expect(convert('app/gone.yaml')).toBe('app/gone.yaml');
});

const annotate = `
  host.annotate({ level: 'error', title: 'absent', message: 'x', file: 'app/charts/a/values.yaml', line: 1 });
  host.finish(1, 'Failed.');
`;

test('GitHub annotates the file of the repository that is checked out with path:', async () => {
  const folder = await workspace();
  const env = { GITHUB_WORKSPACE: folder, GITHUB_REPOSITORY: 'owner/app' };
  const { output } = await playScene({ host: 'github', play: annotate, env, cwd: folder });
  const [error] = readGitHubCommands(output).filter(({ name }) => name === 'error');
  expect(error?.properties['file'], output).toBe('charts/a/values.yaml');
});

test('Azure Pipelines gets the absolute path of a file in one of several repositories', async () => {
  const folder = await workspace();
  const env = { TF_BUILD: 'True', AGENT_TEMPDIRECTORY: await testFolder(), SYSTEM_DEFAULTWORKINGDIRECTORY: folder };
  const { output } = await playScene({ host: 'azure', play: annotate, env, cwd: folder });
  const [issue] = readAzureCommands(output).filter(({ name }) => name === 'task.logissue');
  expect(issue?.properties['sourcepath'], output).toBe(join(folder, 'app/charts/a/values.yaml'));
});

/**
 * The extension for Azure Pipelines as an organization installs it: packed by tfx-cli, unpacked, looked through, and
 * its task run as the agent runs it, against a real registry that asks for a password.
 */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { packStage, stageExtension } from '../../scripts/vsix.ts';
import { type AzureRun, agentTemporaryFolder, runAsAzureTask } from '../support/azure-agent.ts';
import { copyContoso, fillWithContoso } from '../support/contoso.ts';
import { type Distribution, registryUser, startDistribution } from '../support/distribution.ts';
import { testFolder } from '../support/folder.ts';
import { nodes, temporaryFolderOf } from '../support/host-run.ts';
import { root } from '../support/root.ts';
import { type UnpackedTask, unpackedTask } from '../support/unpacked-task.ts';

/** Bytes of the packed extension: what every organization and agent downloads. */
const largestExtension = 1024 * 1024;

/** The form in which a user and a password go to a registry. */
const basicCredential = Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64');

let packed: UnpackedTask;
beforeAll(async () => {
  packed = await unpackedTask();
});

/** Every file below a folder, with `/` as separator, sorted. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

const read = async (...path: readonly string[]) => await readFile(join(packed.extension, ...path), 'utf8');

/** Width and height, by the header that every PNG begins with. */
async function pixelsOf(path: string): Promise<readonly [number, number]> {
  const bytes = await readFile(path);
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe('the extension', () => {
  test('has every file that task.json names: a script for each handler, and the icon beside it', async () => {
    const { execution } = JSON.parse(await read('task', 'task.json'));
    expect(Object.keys(execution)).toEqual(['Node20_1', 'Node24']);
    for (const { target } of Object.values<{ readonly target: string }>(execution)) {
      expect((await stat(join(packed.folder, target))).isFile()).toBe(true);
    }
    // Agents and the editor of pipelines look for this name and size.
    expect(await pixelsOf(join(packed.folder, 'icon.png'))).toEqual([32, 32]);
  });

  test('says in its manifests what it is, where its task is, and of what type every file is', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const files = await filesBelow(packed.extension);
    const manifest = await read('extension.vsixmanifest');
    expect(manifest).toContain(
      `<Identity Language="en-US" Id="chart-images" Publisher="your-publisher" Version="${version}"/>`,
    );
    const assets = [...manifest.matchAll(/<Asset [^>]*Path="([^"]+)"/g)].map(([, path]) => path);
    expect(assets).toEqual(['extension.png', 'overview.md', 'LICENSE.txt', 'extension.vsomanifest']);
    expect(files).toEqual(expect.arrayContaining(assets));
    expect(await pixelsOf(join(packed.extension, 'extension.png'))).toEqual([128, 128]);
    const { contributions } = JSON.parse(await read('extension.vsomanifest'));
    expect(contributions).toEqual([
      {
        id: 'chart-images-task',
        type: 'ms.vss-distributed-task.task',
        targets: ['ms.vss-distributed-task.tasks'],
        properties: { name: 'task' },
      },
    ]);
    const types = await read('[Content_Types].xml');
    const typed = files.filter((name) => name !== '[Content_Types].xml').map(extname);
    for (const extension of new Set(typed)) expect(types).toContain(`Extension="${extension}"`);
  });

  test('holds the bundle, the task and what the marketplace shows, and nothing else', async () => {
    const bundle = (await filesBelow(join(root, 'dist'))).map((name) => `task/dist/${name}`);
    const files = await filesBelow(packed.extension);
    expect(files).toEqual(
      [
        ...['[Content_Types].xml', 'LICENSE.txt', 'extension.png', 'extension.vsixmanifest', 'extension.vsomanifest'],
        ...['overview.md', 'task/icon.png', 'task/task.json', ...bundle],
      ].sort(),
    );
    expect((await stat(packed.vsix)).size).toBeLessThan(largestExtension);
    // A path of the machine that packed it would tell who that was.
    for (const file of files) expect(await read(file), file).not.toContain(root);
  });

  test('is laid out in the same way every time, whoever publishes it', async () => {
    const folder = await testFolder();
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    stageExtension({ stage: first });
    stageExtension({ stage: second, publisher: 'contoso' });
    const names = await filesBelow(first);
    expect(await filesBelow(second)).toEqual(names);
    const differing: string[] = [];
    for (const name of names) {
      if (!(await readFile(join(first, name))).equals(await readFile(join(second, name)))) differing.push(name);
    }
    expect(differing).toEqual(['vss-extension.json']);
    expect(JSON.parse(await readFile(join(second, 'vss-extension.json'), 'utf8')).publisher).toBe('contoso');
  });
});

test('an extension whose task.json names a file that is not there is not packed', async () => {
  const folder = await testFolder();
  const stage = join(folder, 'stage');
  stageExtension({ stage });
  await rm(join(stage, 'task', 'dist', 'index.js'));
  expect(() => packStage(stage, join(folder, 'chart-images.vsix'))).toThrow('does not exist: dist/index.js');
});

describe.each(nodes)('the task of the extension, with $name', ({ node }) => {
  let registry: Distribution;
  beforeAll(async () => {
    registry = await startDistribution({ auth: 'htpasswd' });
    await fillWithContoso(registry.url, {
      authorization: `Basic ${basicCredential}`,
      store: (name) => (name === 'release/contoso-b' ? undefined : name),
    });
  });
  afterAll(async () => await registry.stop());

  /** The worked example, of which one image was not found in any source, checked as a pull request is. */
  async function check() {
    const work = await testFolder();
    const home = await testFolder();
    await copyContoso(work, [registry.host]);
    const before = await filesBelow(work);
    const taskBefore = await filesBelow(packed.folder);
    const { username, password } = registryUser;
    const run = await runAsAzureTask({
      node,
      work,
      home,
      path: [toolFolder('helm-4')],
      inputs: {
        'input-file': 'cnf-input.jsonc',
        'registry-credentials': `${registry.host} ${username} ${password}`,
      },
    });
    return { run, work, home, before, taskBefore };
  }

  test('a failing check is shown on every tab, with nothing secret, and nothing is left in the checkout', async () => {
    const { run, work, home, before, taskBefore } = await check();

    // The process ends well: the agent takes the result from the last command.
    expect(run.code, run.log).toBe(0);
    expect(run.refused).toEqual([]);
    const last = run.commands.at(-1);
    expect(last).toMatchObject({ name: 'task.complete', properties: { result: 'Failed' } });
    expect(last?.data).toContain('1');

    // An issue at the line to change.
    const issues = commandsOf(run, 'task.logissue');
    expect(issues).toHaveLength(1);
    expect(issues[0]?.properties).toMatchObject({
      type: 'error',
      sourcepath: expect.stringMatching(/^\/.*\/charts\/contoso\/templates\/b\.yaml$/),
      linenumber: '28',
    });
    expect(issues[0]?.data).toContain('repository/release/contoso-b:1.0.0');

    // The tab Extensions, and the tab Tests: files in the agent's own folder, where they stay until it has read them.
    const temporary = agentTemporaryFolder({ home });
    const [summary] = commandsOf(run, 'task.uploadsummary');
    expect(summary?.data.startsWith(temporary)).toBe(true);
    expect(run.summary).toContain('repository/release/contoso-b:1.0.0');
    const [results] = commandsOf(run, 'results.publish');
    expect(results?.properties).toMatchObject({ type: 'JUnit' });
    const junit = results?.properties['resultFiles'] ?? '';
    expect(junit.startsWith(temporary)).toBe(true);
    expect(await readFile(junit, 'utf8')).toMatch(/<testsuite [^>]*tests="4" failures="1"/);
    expect(run.outputs).toMatchObject({ 'image-count': '4', 'unresolved-count': '1' });

    // Each secret is masked before anything is told, and is nowhere else.
    const secrets = [registryUser.password, basicCredential];
    expect(
      commandsOf(run, 'task.setsecret')
        .map(({ data }) => data)
        .sort(),
    ).toEqual(secrets.sort());
    const elsewhere = run.log.split('\n').filter((line) => !line.startsWith('##vso[task.setsecret]'));
    const left = await filesBelow(temporary);
    const written = await Promise.all(left.map(async (name) => await readFile(join(temporary, name), 'utf8')));
    for (const secret of secrets) {
      expect([...elsewhere, ...written].filter((text) => text.includes(secret))).toEqual([]);
    }

    // The key of the task library, temporary files, anything.
    expect(await filesBelow(work)).toEqual(before);
    expect(await filesBelow(packed.folder)).toEqual(taskBefore);
    expect(await filesBelow(temporaryFolderOf({ home }))).toEqual([]);
    expect(left.map((name) => name.replace(/^chart-images-[0-9a-f]{8}\//, '')).sort()).toEqual(
      ['chart-images.md', 'images.json', 'images.junit.xml', 'images.sarif'].sort(),
    );
  });

  test('a job that is cancelled while helm works ends as interrupted and leaves nothing', async () => {
    const [work, home, tools] = [await testFolder(), await testFolder(), await testFolder()];
    await copyContoso(work, [registry.host]);
    // What the agent sends; from here the moment is certain.
    await writeFile(join(tools, 'helm'), '#!/bin/sh\nkill -INT $PPID\nexec sleep 60\n', { mode: 0o755 });
    const run = await runAsAzureTask({ node, work, home, path: [tools], inputs: { 'input-file': 'cnf-input.jsonc' } });
    expect(run.code, run.log).toBe(0);
    expect(run.commands.at(-1)).toMatchObject({
      name: 'task.complete',
      properties: { result: 'Failed' },
      data: 'The run was interrupted',
    });
    expect(await filesBelow(temporaryFolderOf({ home }))).toEqual([]);
  });
});

function commandsOf({ commands }: AzureRun, name: string) {
  return commands.filter((command) => command.name === name);
}

/** A chart that takes long to read must not keep a run alive that was told to end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { toolFolder } from '../../scripts/tools.ts';
import { podChart, writeFiles } from '../support/chart.ts';
import { testFolder } from '../support/folder.ts';
import { bareEnvironment, temporaryFolderOf } from '../support/host-run.ts';
import { bundle } from '../support/root.ts';

/** Each document is within all bounds; together they keep a processor busy for many seconds. */
const slowTemplate = `{{- range $document := until 30 }}
---
kind: Widget
metadata: {name: w{{ $document }}}
image: a/b:1
list:
{{- range until 10000 }}
- [a,b]
{{- end }}
{{- end }}
`;

/** A run of the bundle, and a folder that has to be empty after it. */
async function begin(host: 'terminal' | 'github' | 'azure') {
  const [work, home] = [await testFolder(), await testFolder()];
  await writeFiles(join(work, 'web'), podChart('c/d:1', { 'templates/slow.yaml': slowTemplate }));
  const request = { node: process.execPath, work, home, path: [toolFolder('helm-4')], inputs: {} };
  const temporary = join(home, 'host-temp');
  await mkdir(temporary);
  const bare = await bareEnvironment(request);
  const inputs = { INPUT_CHARTS: 'web', INPUT_RESOLVE: 'false' };
  const env = {
    terminal: bare,
    github: { ...bare, ...inputs, GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: work, RUNNER_TEMP: temporary },
    azure: {
      ...bare,
      ...inputs,
      TF_BUILD: 'True',
      SYSTEM_DEFAULTWORKINGDIRECTORY: work,
      AGENT_TEMPDIRECTORY: temporary,
    },
  }[host];
  const flags = host === 'terminal' ? ['--charts=web', '--resolve=false'] : [];
  const child = spawn(process.execPath, [bundle, ...flags], { cwd: work, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const left = async () => {
    const folders = [temporary, temporaryFolderOf(request)];
    const files = await Promise.all(folders.map((folder) => readdir(folder, { recursive: true })));
    // The report stays until the job ends, in a folder of its own.
    return files.flat().filter((name) => !/^chart-images-[0-9a-f]{8}(?:\/|$)/.test(name));
  };
  return { child, left, output: () => output };
}

async function childrenOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).trim();
}

/** Waits until helm has come and gone, and the program is busy with what it printed. */
async function untilReading(pid: number): Promise<void> {
  while ((await childrenOf(pid)) === '') await wait(10);
  while ((await childrenOf(pid)) !== '') await wait(10);
  await wait(500);
}

describe.runIf(process.platform === 'linux').each(['SIGINT', 'SIGTERM'] as const)(
  '%s while a chart is read',
  (signal) => {
    test.each(['terminal', 'github', 'azure'] as const)(
      'ends the run at once on %s and leaves no temporary file',
      async (host) => {
        const { child, left, output } = await begin(host);
        const closed = once(child, 'close');
        await untilReading(child.pid ?? 0);
        child.kill(signal);
        expect(await closed).toEqual([host === 'azure' ? 0 : 130, null]);
        expect(output()).toContain('The run was interrupted');
        // It comes when all is read.
        expect(output()).not.toContain('Found ');
        if (host === 'azure') expect(output()).toContain('##vso[task.complete result=Failed;]');
        expect(await left()).toEqual([]);
      },
    );
  },
);

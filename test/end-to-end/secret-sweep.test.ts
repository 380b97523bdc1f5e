/**
 * Whole runs with secrets of every kind at their most talkative, on every host: nothing that they print, write, or
 * start another program with holds any of them. The Azure scenarios have the same sweep beside what else they prove.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolFolder, toolPath } from '../../scripts/tools.ts';
import { encodeBasic } from '../../src/registry/credentials/credential.ts';
import { runInWorkflow } from '../support/act.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { packFiles, podChart, writeFiles } from '../support/chart.ts';
import { type Distribution, registryUser, startDistribution } from '../support/distribution.ts';
import { type FileServer, startFileServer } from '../support/file-server.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { RunOnHost } from '../support/host-run.ts';
import { makeImage, pushImage } from '../support/images.ts';
import { inTurn } from '../support/matrix.ts';
import { outputOf } from '../support/program.ts';
import { runTalkative, sweepSecrets } from '../support/secret-sweep.ts';
import { startTokenServer, type TokenServer } from '../support/token-server.ts';

const hosts: readonly { readonly host: string; readonly run: RunOnHost }[] = [
  { host: 'a terminal', run: runTalkative },
  { host: 'the GitHub runner', run: runAsGitHubAction },
  { host: 'the Azure agent', run: runAsAzureTask },
];

const robot = { user: registryUser.username, password: registryUser.password } as const;
/** Written differently in a URL, in JSON and in base64. */
const pusher = { user: 'pusher', password: 'p@ss"/w+rd?%äö word' } as const;
const wrongPassword = 'gu?ss & never/right';

/** What a job has in its environment, whoever needs it. */
const ofTheJob = {
  SYSTEM_ACCESSTOKEN: 'the-token-of-the-job-in-azure-devops',
  ACTIONS_RUNTIME_TOKEN: 'the-runtime-token-of-the-job-on-github',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'what-the-job-may-ask-github-with',
  SECRET_DEPLOYKEY: 'a-secret-variable-of-the-pipeline',
  SECUREFILE_TICKET_1: 'a-ticket-for-a-secure-file',
  ENDPOINT_AUTH_PARAMETER_1_APITOKEN: 'a-token-of-another-connection',
} as const;

const secrets = [robot.password, pusher.password, wrongPassword, ...Object.values(ofTheJob)];

let tokens: TokenServer;
let source: Distribution;
let target: Distribution;
let charts: FileServer;
let packed: Buffer;

beforeAll(async () => {
  tokens = await startTokenServer({ users: { [pusher.user]: pusher.password } });
  source = await startDistribution({ auth: 'htpasswd' });
  target = await startDistribution({ auth: tokens });
  const authorization = `Basic ${encodeBasic(robot.user, robot.password)}`;
  await pushImage(source.url, 'team/web', '1', await makeImage(), { authorization });
  packed = await packedChart('web');
  const folder = await mkdtemp(join(tmpdir(), 'chart-'));
  const login = ['--username', robot.user, '--password', robot.password];
  for (const name of ['web', 'api']) {
    const file = join(folder, `${name}-1.0.0.tgz`);
    await writeFile(file, await packedChart(name));
    await outputOf(toolPath('helm-4'), ['push', '--plain-http', file, `oci://${source.host}/charts`, ...login], {
      env: { PATH: process.env['PATH'], HOME: folder },
    });
  }
  await rm(folder, { recursive: true });
});

async function packedChart(name: string): Promise<Buffer> {
  const files = podChart(`${source.host}/team/web:1`, {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
  });
  return await packFiles(prefixed(name, files));
}

afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop(), tokens?.stop()]);
});

/** A repository of charts that wants a password. */
async function startCharts(): Promise<FileServer> {
  return await startFileServer({
    login: `${robot.user}:${robot.password}`,
    files: (url) => ({
      '/index.yaml': `apiVersion: v1\nentries:\n  web:\n  - { apiVersion: v2, name: web, version: 1.0.0, urls: ["${url}/web-1.0.0.tgz"] }\n`,
      '/web-1.0.0.tgz': packed,
    }),
  });
}

interface Scene {
  readonly label: string;
  /** Below the work folder, and below the home folder. */
  readonly files?: () => Readonly<Record<string, string>>;
  readonly home?: () => Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, string>>;
  readonly inputs: () => Readonly<Record<string, string>>;
  readonly credentials?: () => string;
  readonly passes: boolean;
  /** Programs that it has to start. */
  readonly starts: readonly string[];
}

const dockerConfig = (host: string, user: string, password: string) => ({
  '.docker/config.json': JSON.stringify({ auths: { [host]: { auth: encodeBasic(user, password) } } }),
});

const scenes: readonly Scene[] = [
  {
    label: "a chart and its image from a private registry, by docker's login",
    home: () => dockerConfig(source.host, robot.user, robot.password),
    inputs: () => ({ charts: `oci://${source.host}/charts/web:1.0.0` }),
    passes: true,
    starts: ['helm'],
  },
  {
    label: 'a chart from a private repository, by registry-credentials',
    inputs: () => ({ charts: `${charts.url}#web@1.0.0` }),
    credentials: () => [charts.host, source.host].map((host) => `${host} ${robot.user} ${robot.password}`).join('\n'),
    passes: true,
    starts: ['helm'],
  },
  {
    label: 'a chart whose dependencies are in a private repository and a private registry',
    files: () => ({
      'parent/Chart.yaml': `apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n- { name: web, version: 1.0.0, repository: "${charts.url}" }\n- { name: api, version: 1.0.0, repository: "oci://${source.host}/charts" }\n`,
    }),
    inputs: () => ({ charts: 'parent' }),
    credentials: () => [charts.host, source.host].map((host) => `${host} ${robot.user} ${robot.password}`).join('\n'),
    passes: true,
    starts: ['helm'],
  },
  {
    label: 'wrong passwords for the chart',
    inputs: () => ({ charts: `oci://${source.host}/charts/web:1.0.0` }),
    credentials: () => `${source.host} ${robot.user} ${wrongPassword}`,
    passes: false,
    starts: ['helm'],
  },
  {
    label: 'wrong passwords for the image, and for the target',
    files: () => prefixed('web', podChart(`${source.host}/team/web:1`)),
    inputs: () => ({ charts: 'web', target: `${target.host}/mirror`, push: 'true' }),
    credentials: () => `${source.host} ${robot.user} ${wrongPassword}\n${target.host} ${pusher.user} ${wrongPassword}`,
    passes: false,
    starts: ['helm'],
  },
  {
    label: 'a password from a credential helper',
    files: () => prefixed('web', podChart(`${source.host}/team/web:1`)),
    home: () => ({ '.docker/config.json': JSON.stringify({ credsStore: 'vault' }) }),
    programs: {
      'docker-credential-vault': `#!/bin/sh\necho '${JSON.stringify({ Username: robot.user, Secret: robot.password })}'\n`,
    },
    inputs: () => ({ charts: 'web' }),
    passes: true,
    starts: ['helm', 'docker-credential-vault'],
  },
  {
    label: 'a copy into a private registry with lock, overlay, report and a base in git',
    files: () =>
      prefixed('web', {
        ...podChart('unused'),
        'templates/pod.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: "{{ .Values.image }}" }] }\n',
        'values.yaml': `image: ${source.host}/team/web:1\n`,
      }),
    home: () => dockerConfig(source.host, robot.user, robot.password),
    inputs: () => ({
      charts: 'web',
      target: `${target.host}/mirror`,
      push: 'true',
      'lock-file': 'images.lock.json',
      'values-overlay': 'overlay.yaml',
      'base-ref': 'HEAD',
    }),
    credentials: () => `${target.host} ${pusher.user} ${pusher.password}`,
    passes: true,
    starts: ['helm', 'git'],
  },
];

function prefixed(folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

async function play(scene: Scene, host: string, run: RunOnHost) {
  charts = await startCharts();
  const [work, home, bin] = [await testFolder(), await testFolder(), await testFolder()];
  await writeFiles(work, scene.files?.() ?? {});
  await writeFiles(home, scene.home?.() ?? {});
  for (const [name, text] of Object.entries(scene.programs ?? {}))
    await writeFile(join(bin, name), text, { mode: 0o755 });
  await mkdir(join(home, 'report'));
  await outputOf('git', ['init', '--quiet'], { cwd: work });
  const as = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  await outputOf('git', [...as, 'commit', '--quiet', '--allow-empty', '--message=Base'], { cwd: work });
  const lines = scene.credentials?.();
  const isTerminal = host === 'a terminal';
  const swept = await sweepSecrets(
    run,
    {
      node: process.execPath,
      work,
      home,
      path: [bin, toolFolder('helm-4')],
      env: { ...ofTheJob, ...(isTerminal && lines ? { CHART_IMAGES_REGISTRY_CREDENTIALS: lines } : {}) },
      inputs: {
        ...scene.inputs(),
        report: join(home, 'report'),
        ...(!isTerminal && lines ? { 'registry-credentials': lines } : {}),
      },
    },
    () => secrets,
  );
  return { ...swept, reports: await readdir(join(home, 'report')), written: await readdir(work) };
}

describe.each(inTurn(hosts))('in $host', ({ host, run, test }) => {
  test.each(scenes)('$label', async (scene) => {
    const { run: ended, leaks, started, reports, written } = await play(scene, host, run);
    expect(leaks).toEqual([]);
    expect([ended.passed, ended.passed ? '' : ended.log]).toEqual([scene.passes, scene.passes ? '' : ended.log]);
    expect(started).toEqual(expect.arrayContaining([...scene.starts]));
    if (scene.passes) expect(reports).toEqual(expect.arrayContaining(['images.json', 'images.sarif']));
    const inputs = scene.inputs();
    for (const name of ['lock-file', 'values-overlay'] as const)
      if (name in inputs) expect(written).toContain(inputs[name]);
  });
});

test('in a workflow that act runs: a copy with lock, overlay and report', { timeout: 120_000 }, async () => {
  const scene = scenes.at(-1);
  if (scene === undefined) throw new Error('there is no scene');
  const { 'base-ref': _, ...inputs } = scene.inputs();
  const { run, leaks, started } = await play({ ...scene, inputs: () => inputs }, 'act', runInWorkflow);
  expect(leaks).toEqual([]);
  expect(run.passed).toBe(true);
  expect(started).toContain('helm');
});

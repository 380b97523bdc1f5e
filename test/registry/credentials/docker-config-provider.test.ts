/** Logins in all the places where docker and podman leave them, as real files. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { createCredentialChain } from '../../../src/registry/credentials/credential-chain.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { testFolder } from '../../support/folder.ts';

const host = 'registry.example';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const auths = (entries: Readonly<Record<string, string>>) =>
  JSON.stringify({
    auths: Object.fromEntries(Object.entries(entries).map(([key, user]) => [key, { auth: base64(`${user}:word`) }])),
  });

/** In their order; each has a login of its own. */
const places = {
  'registry-credentials': '',
  DOCKER_AUTH_CONFIG: '',
  REGISTRY_AUTH_FILE: 'named.json',
  XDG_RUNTIME_DIR: 'run/containers/auth.json',
  XDG_CONFIG_HOME: 'config/containers/auth.json',
  'the default of XDG_CONFIG_HOME': '.config/containers/auth.json',
  DOCKER_CONFIG: 'docker/config.json',
  'the default of DOCKER_CONFIG': '.docker/config.json',
} as const;
type PlaceName = keyof typeof places;
const names = Object.keys(places) as readonly PlaceName[];

/** What is left out has its variable unset, so that the defaults are looked at. */
async function world(
  filled: readonly PlaceName[],
  content = (name: string) => auths({ [host]: name }),
  more: Readonly<Record<string, string>> = {},
) {
  const folder = await testFolder();
  const variables: Record<string, string> = {
    DOCKER_AUTH_CONFIG: content('DOCKER_AUTH_CONFIG'),
    REGISTRY_AUTH_FILE: join(folder, 'named.json'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    DOCKER_CONFIG: join(folder, 'docker'),
  };
  const environment: Record<string, string | undefined> = { PATH: join(folder, 'bin'), ...more };
  for (const name of filled) {
    if (name in variables) environment[name] = variables[name];
    if (places[name] !== '') await put(join(folder, places[name]), content(name));
  }
  const explained: string[] = [];
  const explicit = filled.includes('registry-credentials')
    ? [{ host, username: 'registry-credentials', password: 'word' }]
    : [];
  const credentials = createCredentialChain({
    explicit,
    environment,
    homeFolder: folder,
    azure: { token: async () => undefined, name: () => 'nobody' },
    trace: traceOf({ explain: (line) => explained.push(line.replaceAll(folder, '~')) }),
    log: silentLog,
    signal: new AbortController().signal,
  });
  return { folder, environment, credentials, explained };
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

test.each(names)('%s speaks before all that come after it', async (name) => {
  const after = names.slice(names.indexOf(name));
  // A default counts only where its variable is not set.
  const filled = name.startsWith('the default') ? [name] : after;
  const { credentials } = await world(filled);
  expect(await credentials.get(host)).toEqual({ kind: 'basic', username: name, password: 'word' });
});

test('a file without the registry is followed by the next file', async () => {
  const content = (name: string) => auths({ [name === 'DOCKER_CONFIG' ? host : 'other.example']: name });
  const { credentials, explained } = await world(['DOCKER_AUTH_CONFIG', 'XDG_RUNTIME_DIR', 'DOCKER_CONFIG'], content);
  expect(await credentials.get(host)).toMatchObject({ username: 'DOCKER_CONFIG' });
  expect(explained).toEqual([
    `Credentials for ${host}: user name and password`,
    '  registry-credentials: no line for this registry',
    '  DOCKER_AUTH_CONFIG: no entry',
    '  REGISTRY_AUTH_FILE: not set',
    '  ~/run/containers/auth.json: no entry',
    '  ~/.config/containers/auth.json: no such file',
    `  ~/docker/config.json: user name and password under the key "${host}"`,
  ]);
});

test('a namespace has its own login, the same object for all its repositories, and is explained once', async () => {
  const content = () => auths({ [host]: 'host', [`${host}/team`]: 'team' });
  const { credentials, explained } = await world(['XDG_RUNTIME_DIR'], content);
  const first = await credentials.get(host, 'team/a');
  expect(first).toMatchObject({ username: 'team' });
  expect(await credentials.get(host, 'team/b')).toBe(first);
  expect(await credentials.get(host, 'other/c')).toMatchObject({ username: 'host' });
  expect(await credentials.get(host)).toMatchObject({ username: 'host' });
  expect(explained.filter((line) => line.includes('under the key'))).toEqual([
    `  ~/run/containers/auth.json: user name and password under the key "${host}/team"`,
    `  ~/run/containers/auth.json: user name and password under the key "${host}"`,
  ]);
});

test('an invalid config.json is only an error, with an explanation, when its credentials are needed', async () => {
  const content = (name: string) => (name === 'DOCKER_CONFIG' ? '{' : auths({ [host]: name }));
  const { credentials, explained } = await world(['XDG_RUNTIME_DIR', 'DOCKER_CONFIG'], content);
  expect((await credentials.get(host)).kind).toBe('basic');
  await expect(credentials.get('other.example')).rejects.toMatchObject({ code: 'syntax' });
  expect(explained).toContain('Credentials for other.example: error');
  expect(explained).toContain('  ~/docker/config.json: Cannot read ~/docker/config.json: it is not valid JSON.');
});

test('a helper is run once for all repositories of a host, and gets no password of another registry', async () => {
  const content = () => JSON.stringify({ credHelpers: { [host]: 'test' } });
  const { folder, environment, credentials, explained } = await world(['REGISTRY_AUTH_FILE'], content);
  environment['PATH'] = [join(folder, 'bin'), process.env['PATH']].join(delimiter);
  environment['DOCKER_AUTH_CONFIG'] = auths({ 'other.example': 'other' });
  environment['CHART_IMAGES_REGISTRY_CREDENTIALS'] = 'other.example me word';
  await put(join(folder, 'package.json'), '{}');
  const asked = join(folder, 'asked');
  const program = `#!${process.execPath}
    require('fs').appendFileSync(${JSON.stringify(asked)}, 'x');
    const { DOCKER_AUTH_CONFIG: a, CHART_IMAGES_REGISTRY_CREDENTIALS: b } = process.env;
    console.log(JSON.stringify({ Username: 'helper', Secret: a ?? b ?? 'unseen' }));`;
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'docker-credential-test'), program, { mode: 0o755 });
  const expected = { kind: 'basic', username: 'helper', password: 'unseen' };
  expect(await Promise.all(['a', 'b'].map((name) => credentials.get(host, name)))).toEqual([expected, expected]);
  expect(await readFile(asked, 'utf8')).toBe('x');
  expect(explained.at(-1)).toBe('  ~/named.json: user name and password from docker-credential-test');
});

test('a DOCKER_AUTH_CONFIG that Azure Pipelines did not fill in counts as not set, and is explained', async () => {
  const filled = ['DOCKER_AUTH_CONFIG', 'DOCKER_CONFIG'] as const;
  const content = (name: string) => (name === 'DOCKER_AUTH_CONFIG' ? '$(dockerAuth)' : auths({ [host]: name }));
  const { credentials, explained } = await world(filled, content, { TF_BUILD: 'True' });
  expect(await credentials.get(host)).toMatchObject({ username: 'DOCKER_CONFIG' });
  expect(explained.join('\n')).toContain('the variable $(dockerAuth) has no value in this run');
});

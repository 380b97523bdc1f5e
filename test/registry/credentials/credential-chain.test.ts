import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import {
  type CredentialChainOptions,
  createCredentialChain,
} from '../../../src/registry/credentials/credential-chain.ts';
import { traceOf } from '../../support/credential-trace.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'credentials-'));
  mkdirSync(join(folder, '.docker'));
  mkdirSync(join(folder, 'bin'));
  // Otherwise what lies above the temporary folder may make ES modules of the programs.
  writeFileSync(join(folder, 'package.json'), '{}');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function create(options: Partial<CredentialChainOptions> = {}) {
  const masked: string[] = [];
  const lines: string[] = [];
  const explained: string[] = [];
  const credentials = createCredentialChain({
    explicit: [],
    environment: { PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter), INPUT_SECRET: 'input' },
    homeFolder: folder,
    azure: { token: async () => undefined, name: () => 'nobody' },
    trace: traceOf({ mask: (secret) => masked.push(secret), explain: (line) => explained.push(line) }),
    log: {
      debug: (line) => lines.push(`debug ${line}`),
      info: (line) => lines.push(`info ${line}`),
      warning: (line) => lines.push(`warning ${line}`),
    },
    signal: new AbortController().signal,
    ...options,
  });
  return { credentials, masked, lines, explained };
}

function dockerConfig(config: object, inFolder = '.docker'): void {
  writeFileSync(join(folder, inFolder, 'config.json'), JSON.stringify(config));
}

/** A program on PATH, written as a script of this very Node. */
function program(name: string, body: string): void {
  writeFileSync(join(folder, 'bin', name), `#!${process.execPath}\n${body}`, { mode: 0o755 });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const login = { auths: { 'registry.example': { auth: base64('robot:from file') } } };
const fromFile = { kind: 'basic', username: 'robot', password: 'from file' };

test('without any login the credential is none', async () => {
  const { credentials, masked } = create();
  expect([await credentials.get('registry.example'), masked]).toEqual([{ kind: 'none' }, []]);
});

test('registry-credentials win over a docker login, and match however the host is written', async () => {
  dockerConfig(login);
  const explicit = [{ host: 'https://Registry.example/', username: 'me', password: 'mine' }];
  expect(await create({ explicit }).credentials.get('registry.example')).toEqual({
    kind: 'basic',
    username: 'me',
    password: 'mine',
  });
});

test('a line "HOST none" makes access anonymous, regardless of other credentials', async () => {
  dockerConfig(login);
  const { credentials, explained } = create({ explicit: [{ host: 'registry.example', username: 'none' }] });
  expect(await credentials.get('registry.example')).toEqual({ kind: 'none' });
  expect(explained).toEqual([
    'Credentials for registry.example: none (anonymous)',
    '  registry-credentials: none, as configured',
  ]);
});

test('a docker login in the home folder is found', async () => {
  dockerConfig(login);
  expect(await create().credentials.get('registry.example')).toEqual(fromFile);
});

test('DOCKER_CONFIG names another folder', async () => {
  mkdirSync(join(folder, 'other'));
  dockerConfig(login, 'other');
  const environment = { DOCKER_CONFIG: join(folder, 'other') };
  expect(await create({ environment }).credentials.get('registry.example')).toEqual(fromFile);
});

test('every form of a secret is masked before the credential is handed out', async () => {
  dockerConfig(login);
  const { credentials, masked } = create();
  await credentials.get('registry.example');
  expect(masked).toEqual(['from file', 'from%20file', base64('robot:from file')]);
});

test('a helper named for the host is asked, and does not see the inputs', async () => {
  dockerConfig({ ...login, credHelpers: { 'registry.example': 'test' } });
  program(
    'docker-credential-test',
    `const server = require('fs').readFileSync(0, 'utf8');
     console.log(JSON.stringify({ Username: process.argv[2] + ' ' + server, Secret: process.env.INPUT_SECRET ?? 'unseen' }));`,
  );
  expect(await create().credentials.get('registry.example')).toEqual({
    kind: 'basic',
    username: 'get registry.example',
    password: 'unseen',
  });
});

test("a store for all hosts is asked by docker's own key for Docker Hub, and may give an identity token", async () => {
  dockerConfig({ credsStore: 'test' });
  program(
    'docker-credential-test',
    `const server = require('fs').readFileSync(0, 'utf8');
     console.log(JSON.stringify({ Username: '<token>', Secret: server }));`,
  );
  expect(await create().credentials.get('registry-1.docker.io')).toEqual({
    kind: 'identity-token',
    token: 'https://index.docker.io/v1/',
  });
});

test('the file is used if a credential helper has no credential', async () => {
  dockerConfig({ ...login, credsStore: 'test' });
  program('docker-credential-test', `console.log('credentials not found in native keychain'); process.exit(1);`);
  const { credentials, lines } = create();
  expect([await credentials.get('registry.example'), lines]).toEqual([fromFile, []]);
});

test('a helper named for the host that fails is an error with its own words', async () => {
  dockerConfig({ credHelpers: { 'registry.example': 'test' } });
  program('docker-credential-test', `console.error('the vault is locked'); process.exit(1);`);
  await expect(create().credentials.get('registry.example')).rejects.toMatchObject({
    code: 'process-failed',
    message: expect.stringContaining('the vault is locked'),
  });
});

test.each(['missing', '../bin/evil'])(
  'a store for all hosts that cannot be run (%s) is a warning',
  async (credsStore) => {
    dockerConfig({ ...login, credsStore });
    program('evil', 'process.exit(0)');
    const { credentials, lines } = create();
    expect(await credentials.get('registry.example')).toEqual(fromFile);
    expect(lines).toEqual([expect.stringMatching(/^warning .*docker-credential-.* it is not on PATH/)]);
  },
);

test("only Azure's registries are asked with the run's Azure identity, and only without a login", async () => {
  dockerConfig({ auths: { 'mine.azurecr.io': { auth: base64('robot:from file') } } });
  const asked: string[] = [];
  const azure = {
    token: async (resource: string, cloud: { readonly name: string }) => {
      asked.push(`${resource} ${cloud.name}`);
      return `token ${asked.length}`;
    },
    name: () => 'me',
  };
  const { credentials } = create({ azure });
  expect(await credentials.get('contoso.azurecr.io')).toEqual({
    kind: 'azure-access-token',
    token: 'token 1',
    identity: 'me',
  });
  expect(await credentials.get('contoso.azurecr.io')).toEqual({
    kind: 'azure-access-token',
    token: 'token 2',
    identity: 'me',
  });
  expect((await credentials.get('contoso.azurecr.cn')).kind).toBe('azure-access-token');
  expect((await credentials.get('mine.azurecr.io')).kind).toBe('basic');
  expect((await credentials.get('registry.example')).kind).toBe('none');
  expect(asked).toEqual(['registry AzureCloud', 'registry AzureCloud', 'registry AzureChinaCloud']);
});

test('an Azure registry without any identity is asked anonymously; a refused one is kept as the reason', async () => {
  expect(await create().credentials.get('contoso.azurecr.io')).toEqual({ kind: 'none' });
  const refusal = new ChartImagesError('azure-identity', 'Entra gives no token.', { advice: 'Check it.' });
  const azure = { token: () => Promise.reject(refusal), name: () => 'me' };
  expect(await create({ azure }).credentials.get('contoso.azurecr.io')).toEqual({ kind: 'none', reason: refusal });
});

test('a password of thousands of lines in a config.json is an error of that registry, and nothing of it is masked', async () => {
  const password = Array.from({ length: 15_000 }, (_, index) => `line-${index}`).join('\n');
  dockerConfig({ auths: { 'registry.example': { auth: base64(`robot:${password}`) } } });
  const { credentials, masked } = create();
  await expect(credentials.get('registry.example')).rejects.toMatchObject({ code: 'invalid-input' });
  expect(masked).toEqual([]);
});

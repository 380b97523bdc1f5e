import { expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { noCredential } from '../../../src/registry/credentials/credential.ts';
import {
  credentialInFile,
  helperFor,
  hostFromKey,
  parseDockerConfig,
} from '../../../src/registry/credentials/docker-config.ts';

const file = 'config.json';
const origin = { name: file, file };

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function inFile(host: string, auths: object, repository?: string) {
  const config = parseDockerConfig(JSON.stringify({ auths }), origin);
  return credentialInFile(config, origin, host, repository)?.credential ?? noCredential;
}

const basic = { kind: 'basic', username: 'robot', password: 'pass' };

test.each([
  'registry.example',
  'https://registry.example',
  'http://registry.example/',
  'https://registry.example/v1/',
  'registry.example/v2',
  'REGISTRY.example',
])('a login under the key %s is for registry.example', (key) => {
  expect(inFile('registry.example', { [key]: { auth: base64('robot:pass') } })).toEqual(basic);
});

test.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])(
  'a login under the key %s is for Docker Hub',
  (key) => {
    expect(inFile('docker.io', { [key]: { auth: base64('robot:pass') } })).toEqual(basic);
  },
);

test('the exact key wins over another spelling of the same host', () => {
  const auths = {
    'https://registry.example/v1/': { auth: base64('old:old') },
    'registry.example': { auth: base64('robot:pass') },
  };
  expect(inFile('registry.example', auths)).toEqual(basic);
});

test('a port is part of the host', () => {
  const auths = { 'registry.example:5000': { auth: base64('robot:pass') } };
  expect([inFile('registry.example:5000', auths), inFile('registry.example', auths).kind]).toEqual([basic, 'none']);
});

test("podman's key for one namespace is not the login of the whole host", () => {
  expect(hostFromKey('quay.io/namespace')).toBeUndefined();
});

const namespaces = {
  'registry.example': { auth: base64('host:1') },
  'registry.example/team': { auth: base64('team:2') },
  'registry.example/team/app/': { auth: base64('app:3') },
  'registry.example/team/kept': {},
};

test.each([
  [undefined, 'host'],
  ['other/app', 'host'],
  ['teamwork/app', 'host'],
  ['team', 'team'],
  ['team/web', 'team'],
  ['team/apple', 'team'],
  ['team/app', 'app'],
  ['team/app/db', 'app'],
  ['team/kept', 'team'],
])('for the repository %s the login of %s is the longest that fits', (repository, username) => {
  expect(inFile('registry.example', namespaces, repository)).toMatchObject({ username });
  const reversed = Object.fromEntries(Object.entries(namespaces).reverse());
  expect(inFile('registry.example', reversed, repository)).toMatchObject({ username });
});

test("a namespace of Docker Hub is found by any of the hub's names", () => {
  const auths = { 'index.docker.io/library': { auth: base64('robot:pass') } };
  expect(inFile('docker.io', auths, 'library/nginx')).toEqual(basic);
});

test('an invalid DOCKER_AUTH_CONFIG is reported by its name, without a file', () => {
  const variable = { name: 'DOCKER_AUTH_CONFIG', file: undefined };
  expect(() => parseDockerConfig('{"auths": secret', variable)).toThrow(
    expect.objectContaining({
      code: 'syntax',
      message: 'Cannot read DOCKER_AUTH_CONFIG: it is not valid JSON.',
      advice: expect.stringContaining('DOCKER_AUTH_CONFIG'),
      location: undefined,
    }),
  );
});

test('a password may hold colons, and padding with NUL is cut', () => {
  expect(inFile('h.example', { 'h.example': { auth: base64('robot:a:b\0\0') } })).toEqual({
    ...basic,
    password: 'a:b',
  });
});

test('user name and password may stand apart', () => {
  expect(inFile('h.example', { 'h.example': { username: 'robot', password: 'pass' } })).toEqual(basic);
});

test('an identity token wins over the placeholder user beside it', () => {
  const entry = { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh' };
  expect(inFile('h.azurecr.io', { 'h.azurecr.io': entry })).toEqual({ kind: 'identity-token', token: 'refresh' });
});

test('a registry token is used as it is', () => {
  expect(inFile('h.example', { 'h.example': { registrytoken: 'bearer' } })).toEqual({
    kind: 'registry-token',
    token: 'bearer',
  });
});

test.each([{}, { auths: {} }, { auths: { 'h.example': {} } }, { auths: { 'other.example': { auth: 'eA==' } } }])(
  '%j holds no credential for h.example',
  (config) => {
    expect(
      credentialInFile(parseDockerConfig(JSON.stringify(config), origin), origin, 'h.example', undefined),
    ).toBeUndefined();
  },
);

test('an invalid entry of config.json is reported without its content', () => {
  const read = () => inFile('h.example', { 'h.example': { auth: base64('nocolon-secret') } });
  expect(read).toThrow(expect.objectContaining({ code: 'schema', message: expect.not.stringContaining('secret') }));
});

test('an invalid config.json is reported without its text', () => {
  const broken = `{"auths":{"h.example":{"auth":"${base64('robot:secret')}" oops`;
  try {
    parseDockerConfig(broken, origin);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'syntax', location: { file } });
    expect(error instanceof ChartImagesError && `${error.message} ${String(error.cause)}`).not.toContain('auth');
  }
});

test('a config.json with a wrong type is reported with the path of the key', () => {
  expect(() => inFile('h.example', { 'h.example': { auth: 7 } })).toThrow(/"auths\.h\.example\.auth"/);
  expect(() => parseDockerConfig('{"auths":7}', origin)).toThrow(/"auths"/);
});

test('a wrong entry of another host does not matter', () => {
  const auths = { 'other.example': { auth: 7 }, 'third.example': 'x', 'h.example': { auth: base64('robot:pass') } };
  expect(inFile('h.example', auths)).toEqual(basic);
});

test.each([
  { auths: null, credHelpers: null, credsStore: null },
  { auths: { 'h.example': null } },
  { auths: { 'h.example': { auth: null, username: null, password: null, identitytoken: null } } },
])('%j holds no credential, because Go writes null for nothing', (config) => {
  const read = parseDockerConfig(JSON.stringify(config), origin);
  expect(credentialInFile(read, origin, 'h.example', undefined)).toBeUndefined();
  expect(helperFor(read, origin, 'h.example')).toBeUndefined();
});

test('a helper that is not a text is an error only for its own host', () => {
  const read = parseDockerConfig('{"credHelpers":{"h.example":7,"other.example":"cloud"}}', origin);
  expect(helperFor(read, origin, 'other.example')).toBe('cloud');
  expect(() => helperFor(read, origin, 'h.example')).toThrow(/"credHelpers\.h\.example"/);
});

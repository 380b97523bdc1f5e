/** Passwords of credential helpers that end during a run: helpers of clouds issue them for an hour. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { encodeBasic } from '../../../src/registry/credentials/credential.ts';
import { createCredentialChain } from '../../../src/registry/credentials/credential-chain.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { testFolder } from '../../support/folder.ts';
import { openRegistries } from '../../support/registries.ts';

/** A helper that returns a new password after each call, or always the same one. */
async function chainWithHelper(passwords: 'new' | 'same') {
  const folder = await testFolder();
  const counter = join(folder, 'calls');
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, '.docker'));
  await writeFile(join(folder, '.docker', 'config.json'), '{"credsStore":"cloud"}');
  const helper = join(folder, 'bin', 'docker-credential-cloud');
  const number = passwords === 'new' ? `$(wc -l < "${counter}" | tr -d " ")` : '1';
  await writeFile(
    helper,
    `#!/bin/sh\necho >> "${counter}"\necho "{\\"Username\\":\\"cloud\\",\\"Secret\\":\\"password-${number}\\"}"\n`,
  );
  await chmod(helper, 0o755);
  const credentials = createCredentialChain({
    explicit: [],
    environment: { PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` },
    homeFolder: folder,
    azure: { token: async () => undefined, name: () => 'the test' },
    trace: traceOf({}),
    log: silentLog,
    signal: new AbortController().signal,
  });
  return { credentials, calls: async () => (await readFile(counter, 'utf8')).length };
}

/** A registry with either kind of authentication, which accepts the passwords that `isValid` says. */
async function registryThatAccepts(
  scheme: 'Basic' | 'Bearer',
  isValid: (password: string) => boolean,
  passwords: 'new' | 'same',
) {
  const tokens = new Map<string, string>();
  const passwordIn = (authorization = '') =>
    Buffer.from(authorization.replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':')[1] ?? '';
  const server = await startFaultServer(({ path, headers: { authorization = '' } }) => {
    const refused = {
      status: 401,
      headers: {
        'www-authenticate': scheme === 'Basic' ? 'Basic realm="r"' : `Bearer realm="${server.url}/token",service="s"`,
      },
      body: '{"errors":[{"code":"UNAUTHORIZED"}]}',
    };
    if (path.startsWith('/token')) {
      const password = passwordIn(authorization);
      if (!isValid(password)) return refused;
      const token = `token-${tokens.size}`;
      tokens.set(token, password);
      return { status: 200, body: JSON.stringify({ token, expires_in: 3600 }) };
    }
    const password = scheme === 'Basic' ? passwordIn(authorization) : (tokens.get(authorization.slice(7)) ?? '');
    return authorization !== '' && isValid(password) ? { status: 404 } : refused;
  });
  const { credentials, calls } = await chainWithHelper(passwords);
  const { registries } = await openRegistries({ credentials });
  onTestFinished(async () => {
    vi.useRealTimers();
    await registries.close();
    await server.stop();
  });
  return { registry: registries.get(server.host), calls, server };
}

test.each(['Basic', 'Bearer'] as const)(
  'a password of a credential helper that ends during a run is requested again, once for all images (%s)',
  async (scheme) => {
    let valid = 'password-1';
    const { registry, calls } = await registryThatAccepts(scheme, (password) => password === valid, 'new');
    expect((await registry.headManifest('before', '1')).result).toBe('absent');
    expect(await calls()).toBe(1);
    valid = 'password-2';
    const heads = await Promise.all(['a', 'b', 'c', 'd', 'before'].map((name) => registry.headManifest(name, '2')));
    expect(heads.map(({ result }) => result)).toEqual(heads.map(() => 'absent'));
    expect(await calls()).toBe(2);
  },
);

test.each(['Basic', 'Bearer'] as const)(
  'a credential helper that has no other password than the rejected one is asked twice, not once for each image (%s)',
  async (scheme) => {
    const { registry, calls, server } = await registryThatAccepts(scheme, () => false, 'same');
    const heads = await Promise.all(['a', 'b', 'c'].map((name) => registry.headManifest(name, '1')));
    for (const head of [...heads, await registry.headManifest('d', '1')])
      expect(head).toMatchObject({ result: 'unknown', error: { code: 'unauthorized' } });
    expect(await calls()).toBe(2);
    const sent = `Basic ${encodeBasic('cloud', 'password-1')}`;
    expect(server.requests.filter(({ headers }) => headers.authorization === sent).length).toBeLessThanOrEqual(2);
  },
);

test('a credential helper that always has another wrong password is not asked without end', async () => {
  const { registry, calls } = await registryThatAccepts('Basic', () => false, 'new');
  for (const name of ['a', 'b', 'c'])
    expect(await registry.headManifest(name, '1')).toMatchObject({
      result: 'unknown',
      error: { code: 'unauthorized' },
    });
  expect(await calls()).toBe(2);
});

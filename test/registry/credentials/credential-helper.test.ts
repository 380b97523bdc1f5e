/** Docker's credential helpers: which programs may be one, and what their answers mean. */
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runHelper } from '../../../src/registry/credentials/credential-helper.ts';
import { testFolder } from '../../support/folder.ts';

async function installed(programs: Readonly<Record<string, string>>) {
  const folder = await testFolder();
  await mkdir(join(folder, 'bin'));
  for (const [path, body] of Object.entries(programs)) {
    await writeFile(join(folder, path), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  const environment = { PATH: join(folder, 'bin') };
  return (helper: string, more: Readonly<Record<string, string>> = {}) =>
    runHelper({
      helper,
      server: 'registry.example',
      environment: { ...environment, ...more },
      signal: new AbortController().signal,
    });
}

const giving = (answer: object) => `printf '%s' '${JSON.stringify(answer)}'`;
const stolen = giving({ Username: 'evil', Secret: 'evil' });

describe.skipIf(process.platform === 'win32')('a credential helper', () => {
  test.each(['x/../evil', '../x', 'x/../../evil', 'x/../bin/evil', 'a\\b', 'a b', ''])(
    'whose name leads to another program (%s) is not started',
    async (helper) => {
      const ask = await installed({
        evil: stolen,
        'bin/evil': stolen,
        'bin/x': stolen,
        'bin/docker-credential-': stolen,
      });
      await expect(ask(helper)).rejects.toMatchObject({
        code: 'process-failed',
        message: expect.stringContaining('it is not on PATH'),
      });
    },
  );

  test('whose name has dots, dashes and underscores is started', async () => {
    const ask = await installed({ 'bin/docker-credential-acr_env.v2-x': giving({ Username: 'me', Secret: 'mine' }) });
    expect(await ask('acr_env.v2-x')).toEqual({ kind: 'basic', username: 'me', password: 'mine' });
  });

  test('that is a batch file is started by the shell of Windows', async () => {
    const folder = await testFolder();
    const [bin, system] = [join(folder, 'bin'), join(folder, 'System32')];
    for (const each of [bin, system]) await mkdir(each);
    await writeFile(join(bin, 'docker-credential-example.cmd'), '');
    // In place of cmd.exe: shows what it is asked.
    const shell = `#!/bin/sh\nread server\nprintf '{"Username":"%s","Secret":"%s"}' "$server" "$(echo "$*" | sed 's/"/+/g')"\n`;
    await writeFile(join(system, 'cmd.exe'), shell, { mode: 0o755 });
    const environment = { PATH: [bin, process.env['PATH']].join(delimiter), SystemRoot: folder };
    const { signal } = new AbortController();
    const request = { helper: 'example', server: 'registry.example\n', environment, signal };
    const started = `/d /v:off /s /c ++${join(bin, 'docker-credential-example.cmd')}+ get+`;
    expect(await runHelper({ ...request, platform: 'win32' })).toEqual({
      kind: 'basic',
      username: 'registry.example',
      password: started,
    });
    await expect(runHelper(request)).rejects.toThrow('it is not on PATH');
  });

  test('is asked for the registry with "get"', async () => {
    const ask = await installed({
      'bin/docker-credential-x': `read server; printf '{"Username":"%s","Secret":"%s"}' "$server" "$*"`,
    });
    expect(await ask('x')).toEqual({ kind: 'basic', username: 'registry.example', password: 'get' });
  });

  test.each(['A new version is available.', '{"level":"warning"}', '}'])(
    'that prints a line after its credential (%s) has that credential, as for docker',
    async (line) => {
      const body = `${giving({ Username: 'me', Secret: 'a "}" b' })}; echo; echo '${line}'`;
      const ask = await installed({ 'bin/docker-credential-x': body });
      expect(await ask('x')).toEqual({ kind: 'basic', username: 'me', password: 'a "}" b' });
    },
  );

  test('gives an identity token under the user name that docker has for one', async () => {
    const ask = await installed({ 'bin/docker-credential-x': giving({ Username: '<token>', Secret: 'refresh' }) });
    expect(await ask('x')).toEqual({ kind: 'identity-token', token: 'refresh' });
  });

  test.each([
    ['an empty secret', giving({ Username: 'me', Secret: '' })],
    ['that there are none, on standard output', "echo 'credentials not found in native keychain'; exit 1"],
    ['that there are none, on standard error', "echo 'credentials not found' >&2; exit 1"],
  ])('that says %s has nothing, which is no error', async (_, body) => {
    expect(await (await installed({ 'bin/docker-credential-x': body }))('x')).toEqual({ kind: 'none' });
  });

  test.each([
    ['prints no JSON', 'echo secret-word', 'its output is not JSON'],
    ['prints another JSON', giving({ Secret: 'secret-word' }), 'its output has no Username and Secret'],
  ])('that %s is an error that does not show what it printed', async (_, body, reason) => {
    const asked = (await installed({ 'bin/docker-credential-x': body }))('x');
    const error = await asked.then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).toContain(reason);
    expect(error?.message).not.toContain('secret-word');
  });

  test.each([
    ['on standard error', "echo 'the vault is locked' >&2; exit 3"],
    ['on standard output', "echo 'the vault is locked'; exit 3"],
  ])('that fails is told with its own words %s', async (_, body) => {
    await expect((await installed({ 'bin/docker-credential-x': body }))('x')).rejects.toMatchObject({
      message: expect.stringContaining('it exited with 3: the vault is locked'),
    });
  });

  test('sees the variables of its cloud, and none of the inputs of the run', async () => {
    const ask = await installed({
      'bin/docker-credential-x': `printf '{"Username":"me","Secret":"%s %s"}' "$AWS_PROFILE" "$INPUT_TARGET"`,
    });
    expect(await ask('x', { AWS_PROFILE: 'mine', INPUT_TARGET: 'secret' })).toMatchObject({ password: 'mine ' });
  });
});

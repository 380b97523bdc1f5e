/** The session of az: how long its tokens are used, and what it says when there is none. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { getAzCliToken } from '../../../src/registry/credentials/az-cli-token.ts';
import { publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import { createAzureIdentity } from '../../../src/registry/credentials/azure-identity.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { testFolder } from '../../support/folder.ts';

/** An az of a few lines of shell, which writes down what it is asked for. */
async function installAz(body: string) {
  const folder = await testFolder();
  const text = `#!/bin/sh\necho "$@" >> '${join(folder, 'asked')}'\n${body}\n`;
  await writeFile(join(folder, 'az'), text, { mode: 0o755 });
  const asked = async () => (await readFile(join(folder, 'asked'), 'utf8')).trimEnd().split('\n');
  return { environment: { PATH: folder }, asked };
}

/** A shell that prints this, and nothing else. */
function printing(answer: object): string {
  return `printf '%s' '${JSON.stringify(answer)}'`;
}

function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

function identity(environment: Readonly<Record<string, string>>) {
  return createAzureIdentity({
    connection: undefined,
    clientId: undefined,
    tenantId: undefined,
    environment,
    endpoints: {},
    http: async () => {
      throw new Error('there is no metadata service in this test');
    },
    trace: traceOf(),
    log: silentLog,
    signal: new AbortController().signal,
  });
}

describe.skipIf(process.platform === 'win32')('a token of az', () => {
  test('is used as long as it lives: a copy of many images does not start az for each of them', async () => {
    const { environment, asked } = await installAz(
      printing({ accessToken: 'token', expires_on: secondsFromNow(3600) }),
    );
    const me = identity(environment);
    expect(await me.token('registry', publicCloud)).toBe('token');
    expect(await me.token('registry', publicCloud)).toBe('token');
    expect(await asked()).toEqual([
      'account get-access-token --output json --resource https://containerregistry.azure.net',
    ]);
  });

  test.each([
    ['has ended', -10],
    ['ends within a minute', 50],
  ])('that %s is not sent to a registry again: az is asked for a new one', async (_, seconds) => {
    const { environment, asked } = await installAz(
      printing({ accessToken: 'token', expires_on: secondsFromNow(seconds) }),
    );
    const me = identity(environment);
    await me.token('registry', publicCloud);
    await me.token('registry', publicCloud);
    expect(await asked()).toHaveLength(2);
  });

  test('that says no time is used for some minutes and no longer', async () => {
    const { environment } = await installAz(printing({ accessToken: 'token' }));
    const before = Date.now();
    const token = await getAzCliToken('https://containerregistry.azure.net', environment, new AbortController().signal);
    const life = (token?.expires ?? 0) - before;
    expect(life).toBeGreaterThanOrEqual(5 * 60_000);
    expect(life).toBeLessThan(60 * 60_000);
  });

  test('for registries is not the one for the resource manager', async () => {
    const { environment, asked } = await installAz(
      printing({ accessToken: 'token', expires_on: secondsFromNow(3600) }),
    );
    const me = identity(environment);
    await me.token('registry', publicCloud);
    await me.token('resource-manager', publicCloud);
    expect((await asked()).map((line) => line.split(' ').at(-1))).toEqual([
      'https://containerregistry.azure.net',
      'https://management.azure.com',
    ]);
  });

  test.each([
    ['is empty', printing({ accessToken: '', expires_on: 4102444800 })],
    ['is not there', printing({})],
    ['is not JSON', 'echo Welcome'],
  ])('that %s is an error that does not quote what az said', async (_, body) => {
    const { environment } = await installAz(body);
    await expect(getAzCliToken('r', environment, new AbortController().signal)).rejects.toMatchObject({
      code: 'azure-identity',
      message: 'Cannot get a token from az: its output has none.',
    });
  });

  test.each(['Please run "az login"', 'Please run az account set', 'ERROR: No subscription found'])(
    'is nothing that a session without login has: %s',
    async (said) => {
      const { environment } = await installAz(`echo '${said}' >&2; exit 1`);
      expect(await getAzCliToken('r', environment, new AbortController().signal)).toBeUndefined();
    },
  );

  test('that Entra rejects is reported as rejected, although az suggests a login as well', async () => {
    const { environment } = await installAz(
      "echo 'ERROR: AADSTS700024: Client assertion is too old.' >&2; echo 'Please run az login' >&2; exit 1",
    );
    await expect(getAzCliToken('r', environment, new AbortController().signal)).rejects.toMatchObject({
      code: 'azure-identity',
      message: expect.stringContaining('AADSTS700024: Client assertion is too old.'),
      advice: expect.stringContaining('Log in again right before this step'),
    });
  });

  test('that az rejects for another reason is reported with the message of az', async () => {
    const { environment } = await installAz("echo 'ERROR: the disk is full' >&2; exit 1");
    await expect(getAzCliToken('r', environment, new AbortController().signal)).rejects.toMatchObject({
      code: 'azure-identity',
      message: 'Cannot get a token from az: ERROR: the disk is full',
    });
  });

  test('is nothing where az is not installed', async () => {
    expect(await getAzCliToken('r', { PATH: await testFolder() }, new AbortController().signal)).toBeUndefined();
  });

  test('is asked for without the secrets that prove another identity', async () => {
    const variables = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PASSWORD', 'GITHUB_TOKEN', 'GH_TOKEN'];
    const seen = variables.map((name) => `\${${name}:-}`).join('');
    const { environment } = await installAz(`printf '{"accessToken":"saw %s"}' "${seen}"`);
    const secrets = Object.fromEntries(variables.map((name) => [name, 'secret']));
    const token = await getAzCliToken('r', { ...environment, ...secrets }, new AbortController().signal);
    expect(token?.value).toBe('saw ');
  });
});

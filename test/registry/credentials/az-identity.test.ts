import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';

import { azure, folder, forRegistries, identity, ownerOf } from './identity-fixtures.ts';

test('the session of az is used, and az sees no inputs and no tokens of the runner', async () => {
  azure.local.session = azure.addPrincipal();
  const PATH = await azure.local.installAz(join(folder, 'bin'));
  const me = identity({ environment: { PATH } });
  const token = await me.token('registry', publicCloud);
  expect(ownerOf(token)).toEqual({ clientId: azure.local.session.clientId, audience: forRegistries });
  expect(await me.token('registry', publicCloud)).toBe(token);
  expect(me.name()).toBe('the session of az');
});

test('az is started once for concurrent requests, and not again without a session', async () => {
  azure.local.session = azure.addPrincipal();
  const PATH = await azure.local.installAz(join(folder, 'bin'));
  const environment = { PATH, AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService };
  const sessions = () => azure.local.asked.filter((line) => line.startsWith('session')).length;
  let before = sessions();
  const me = identity({ environment });
  const tokens = await Promise.all([1, 2, 3].map(() => me.token('registry', publicCloud)));
  expect([new Set(tokens).size, sessions() - before]).toEqual([1, 1]);
  azure.local.session = undefined;
  before = sessions();
  const nobody = identity({ environment });
  await nobody.token('registry', publicCloud);
  await nobody.token('registry', publicCloud);
  expect(sessions() - before).toBe(1);
});

test('an expired session of az is reported as expired, not as missing', async () => {
  const said = [
    'ERROR: AADSTS700024: Client assertion is not within its valid time range. Trace ID: 0f1e',
    'Interactive authentication is needed. Please run:',
    'az login',
  ];
  writeFileSync(join(folder, 'az'), `#!/bin/sh\necho "${said.join('\n')}" >&2\nexit 1\n`, { mode: 0o755 });
  const me = identity({ environment: { PATH: folder } });
  await expect(me.token('registry', publicCloud)).rejects.toMatchObject({
    code: 'azure-identity',
    message:
      'Microsoft Entra ID rejected the session of az: AADSTS700024: Client assertion is not within its valid time range.',
    advice: expect.stringContaining('azure/login'),
  });
});

test('az gets nothing of what this program was given as inputs or to ask for tokens with', async () => {
  const program = `#!${process.execPath}
const seen = Object.keys(process.env).filter((name) => /^(INPUT|ENDPOINT|SECRET|ACTIONS)_/.test(name));
console.log(JSON.stringify({ accessToken: 'saw ' + seen.join(' ') + process.env.AZURE_CONFIG_DIR, expires_on: 4102444800 }));`;
  writeFileSync(join(folder, 'az'), program, { mode: 0o755 });
  const environment = {
    PATH: folder,
    'INPUT_REGISTRY-CREDENTIALS': 'a b c',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
    AZURE_CONFIG_DIR: '/az',
  };
  expect(await identity({ environment }).token('registry', publicCloud)).toBe('saw /az');
});

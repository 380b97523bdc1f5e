/** Logins for single namespaces, against real registries. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { encodeBasic } from '../../../src/registry/credentials/credential.ts';
import { createCredentialChain } from '../../../src/registry/credentials/credential-chain.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { registryUser, startDistribution } from '../../support/distribution.ts';
import { testFolder } from '../../support/folder.ts';
import { makeImage, pushImage } from '../../support/images.ts';
import { openRegistries } from '../../support/registries.ts';
import { startTokenServer } from '../../support/token-server.ts';

const right = encodeBasic(registryUser.username, registryUser.password);
const wrong = encodeBasic(registryUser.username, 'guess');

/** A registry client that takes its logins from an auth.json with these keys. */
async function withAuthFile(auths: Readonly<Record<string, string>>) {
  const folder = await testFolder();
  const file = join(folder, 'auth.json');
  const entries = Object.entries(auths).map(([key, auth]) => [key, { auth }]);
  await writeFile(file, JSON.stringify({ auths: Object.fromEntries(entries) }));
  const credentials = createCredentialChain({
    explicit: [],
    environment: { REGISTRY_AUTH_FILE: file },
    homeFolder: folder,
    azure: { token: async () => undefined, name: () => 'nobody' },
    trace: traceOf(),
    log: silentLog,
    signal: new AbortController().signal,
  });
  const { registries } = await openRegistries({ credentials });
  onTestFinished(() => registries.close());
  return registries;
}

test('a registry with user names and passwords is shown the password of the repository in question', async () => {
  const { host, url, stop } = await startDistribution({ auth: 'htpasswd' });
  onTestFinished(stop);
  const image = await makeImage();
  for (const repository of ['team/a', 'other/b'])
    await pushImage(url, repository, '1', image, { authorization: `Basic ${right}` });
  const registry = (await withAuthFile({ [host]: wrong, [`${host}/team`]: right })).get(host);
  expect(await registry.headManifest('team/a', '1')).toMatchObject({
    result: 'found',
    value: { digest: image.digest },
  });
  expect(await registry.headManifest('other/b', '1')).toMatchObject({
    result: 'unknown',
    error: { code: 'unauthorized' },
  });
  expect(await registry.headManifest('team/none', '1')).toMatchObject({ result: 'absent' });
});

test('a token server is shown the password of the repository in question', async () => {
  const tokens = await startTokenServer({ users: { one: 'first', two: 'second' } });
  onTestFinished(() => tokens.stop());
  const { host, stop } = await startDistribution({ auth: tokens });
  onTestFinished(stop);
  const registries = await withAuthFile({
    [`${host}/a`]: encodeBasic('one', 'first'),
    [`${host}/b`]: encodeBasic('two', 'second'),
    [`${host}/c`]: encodeBasic('two', 'guess'),
  });
  const registry = registries.get(host);
  expect(await registry.headManifest('a/x', '1')).toMatchObject({ result: 'absent' });
  expect(await registry.headManifest('b/x', '1')).toMatchObject({ result: 'absent' });
  expect(await registry.headManifest('c/x', '1')).toMatchObject({ error: { code: 'unauthorized' } });
  // What was refused for one namespace is still good for another.
  expect(await registry.headManifest('b/y', '1')).toMatchObject({ result: 'absent' });
});

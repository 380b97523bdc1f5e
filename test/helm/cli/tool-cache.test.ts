import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { releaseFile } from '../../../src/helm/cli/release-file.ts';
import { unpackRelease } from '../../../src/helm/cli/tool-cache.ts';
import { testFolder } from '../../support/folder.ts';

afterEach(() => vi.unstubAllEnvs());

test('a machine without the program that unpacks a release says which one to install', async () => {
  const folder = await testFolder();
  vi.stubEnv('PATH', folder);
  const file = releaseFile('4.2.4', { platform: 'win32', arch: 'x64' });
  const folders = { toolCache: join(folder, 'cache'), temporary: folder };
  const unpacking = unpackRelease(file, join(folder, file.name), join(folder, 'unpacked'), folders, silentLog);
  await expect(unpacking).rejects.toMatchObject({
    code: 'helm-missing',
    message: expect.stringContaining(`Cannot unpack ${file.name}: Unable to locate executable file: unzip`),
    advice: 'Install unzip on this machine, or install helm in an earlier step.',
  });
});

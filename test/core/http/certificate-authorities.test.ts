import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTrustedCertificates } from '../../../src/core/http/certificate-authorities.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';

test('a ca-file that is larger than any bundle of authorities is refused', async () => {
  const file = join(await testFolder(), 'ca.pem');
  await writeFile(file, Buffer.alloc(5 * 1024 * 1024, 'x'));
  expect(await faultOf(loadTrustedCertificates(file, {}))).toMatchObject({
    code: 'file-too-large',
    location: { file },
  });
});

test.runIf(process.platform !== 'win32')(
  'a ca-file that never ends is refused too, whatever its size says',
  async () => {
    expect(await faultOf(loadTrustedCertificates('/dev/zero', {}))).toMatchObject({ code: 'file-too-large' });
  },
);

test('a missing ca-file and a folder as ca-file have different errors', async () => {
  const folder = await testFolder();
  expect(await faultOf(loadTrustedCertificates(join(folder, 'ca.pem'), {}))).toMatchObject({ code: 'file-not-found' });
  expect(await faultOf(loadTrustedCertificates(folder, {}))).toMatchObject({ code: 'file-unreadable' });
});

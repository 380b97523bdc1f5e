import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBytes, readText } from '../../../src/core/files/read-file.ts';
import { faultOf } from '../../support/faults.ts';
import { testFolder } from '../../support/folder.ts';

const limits = { maximumBytes: 10 };

describe('reading a file', () => {
  it('gives the text without the byte-order mark', async () => {
    const file = join(await testFolder(), 'a.txt');
    await writeFile(file, '\uFEFFgrün');
    expect(await readText(file, limits)).toBe('grün');
  });

  it('takes a file of exactly the bound and refuses one byte more, whole', async () => {
    const folder = await testFolder();
    await writeFile(join(folder, 'fits'), '0123456789');
    await writeFile(join(folder, 'more'), '0123456789a');
    expect((await readBytes(join(folder, 'fits'), limits)).length).toBe(10);
    expect(await faultOf(readBytes(join(folder, 'more'), limits))).toMatchObject({
      code: 'file-too-large',
      message: expect.stringContaining('more than 10 bytes'),
    });
  });

  it('says which file does not exist and where the user named it', async () => {
    const file = join(await testFolder(), 'none', 'a.yaml');
    const location = { file: 'cnf-input.jsonc', line: 3 };
    expect(await faultOf(readText(file, { ...limits, name: 'none/a.yaml', location }))).toMatchObject({
      code: 'file-not-found',
      message: 'Cannot read none/a.yaml: the file does not exist.',
      location,
    });
  });

  it('reports a folder and a text in another encoding as unreadable', async () => {
    const folder = await testFolder();
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'utf16'), Buffer.from([0xff, 0xfe, 0x41, 0x00]));
    await writeFile(join(folder, 'latin1'), Buffer.from([0x67, 0x72, 0xfc, 0x6e]));
    expect(await faultOf(readText(join(folder, 'sub'), limits))).toMatchObject({ code: 'file-unreadable' });
    expect(await faultOf(readText(join(folder, 'utf16'), limits))).toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('is UTF-16 text'),
      advice: 'Save the file as UTF-8.',
    });
    expect(await faultOf(readText(join(folder, 'latin1'), limits))).toMatchObject({ code: 'file-unreadable' });
  });

  it.runIf(process.platform === 'linux')('limits files whose size is reported as zero', async () => {
    expect(await faultOf(readBytes('/proc/self/status', limits))).toMatchObject({ code: 'file-too-large' });
  });
});

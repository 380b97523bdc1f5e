import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jobScopedPath, temporaryFolder, userCacheFolder } from '../../src/hosts/host-folders.ts';
import { testFolder } from '../support/folder.ts';
import { paperSurroundings } from './environment-fixtures.ts';

describe('the folders of a run', () => {
  test('the temporary one is new and gone with all its files when the process ends', async () => {
    const folder = await testFolder();
    const processEnvironment = paperSurroundings({ systemTemporary: folder });
    const one = temporaryFolder(join(folder, 'not', 'there', 'yet'), processEnvironment);
    const other = temporaryFolder(join(folder, 'not', 'there', 'yet'), processEnvironment);
    expect(one).not.toBe(other);
    writeFileSync(join(one, 'file'), '');
    processEnvironment.end();
    expect([existsSync(one), existsSync(other)]).toEqual([false, false]);
  });

  test('a file in place of the temporary folder is reported as not-writable', async () => {
    const file = join(await testFolder(), 'file');
    writeFileSync(file, '');
    const make = () => temporaryFolder(file, paperSurroundings({ systemTemporary: file }));
    expect(make).toThrow(`Cannot write temporary files to ${file}: `);
    expect(make).toThrow(expect.objectContaining({ code: 'not-writable' }));
  });

  test('two steps of one job do not share the folder of their reports', () => {
    expect(jobScopedPath('temp')).not.toBe(jobScopedPath('temp'));
  });

  test('tools are kept where each system keeps what can be fetched again', () => {
    const home = join('/', 'home', 'me');
    const tools = join('chart-images', 'tools');
    expect(userCacheFolder({ env: {}, home, platform: 'linux' })).toBe(join(home, '.cache', tools));
    expect(userCacheFolder({ env: { XDG_CACHE_HOME: home }, home, platform: 'linux' })).toBe(join(home, tools));
    expect(userCacheFolder({ env: { XDG_CACHE_HOME: 'relative' }, home, platform: 'linux' })).toBe(
      join(home, '.cache', tools),
    );
    expect(userCacheFolder({ env: {}, home, platform: 'darwin' })).toBe(join(home, 'Library', 'Caches', tools));
    expect(userCacheFolder({ env: { LOCALAPPDATA: 'C:\\Local' }, home, platform: 'win32' })).toBe(
      join('C:\\Local', tools),
    );
    expect(userCacheFolder({ env: {}, home, platform: 'win32' })).toBe(join(home, 'AppData', 'Local', tools));
  });
});

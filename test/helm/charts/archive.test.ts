import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chartFiles, packedChart, type TarEntry, tarOf, writeFiles } from '../../support/charts.ts';
import { faultOf } from '../../support/faults.ts';
import { setting } from './locate-fixtures.ts';

async function packedWith(entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipSync(
    await tarOf([{ name: 'contoso/Chart.yaml', content: chartFiles('contoso')['Chart.yaml'] ?? '' }, ...entries]),
  );
}

describe('an archive that is not safe', () => {
  it.each<[string, TarEntry]>([
    ['leaves its folder', { name: 'contoso/../../evil', content: 'x' }],
    ['leaves it at once', { name: '../evil', content: 'x' }],
    ['is absolute', { name: '/etc/evil', content: 'x' }],
    ['names a drive', { name: 'C:/evil', content: 'x' }],
    ['uses backslashes', { name: 'contoso\\..\\..\\evil', content: 'x' }],
    ['is a symbolic link', { name: 'contoso/link', type: 'symlink', linkname: '/etc/passwd' }],
    ['is a hard link', { name: 'contoso/link', type: 'link', linkname: 'contoso/Chart.yaml' }],
    ['is a device', { name: 'contoso/dev', type: 'character-device' }],
    ['is a pipe', { name: 'contoso/pipe', type: 'fifo' }],
    ['has a line end in its name', { name: 'contoso/a\n::error::b', content: 'x' }],
  ])('has an entry that %s', async (_, entry) => {
    const { work, locate } = await setting();
    await writeFile(join(work, 'evil.tgz'), await packedWith([entry]));
    const fault = await faultOf(locate('evil.tgz'));
    expect(fault).toMatchObject({ code: 'archive-unsafe', location: { file: 'evil.tgz' } });
    expect(fault.message).not.toContain('\n');
  });

  it('hides the entry in a packaged subchart', async () => {
    const { work, locate } = await setting();
    const subchart = gzipSync(await tarOf([{ name: 'sub/../../evil', content: 'x' }]));
    await writeFile(
      join(work, 'a.tgz'),
      await packedWith([{ name: 'contoso/charts/sub-1.0.0.tgz', content: subchart }]),
    );
    expect(await faultOf(locate('a.tgz'))).toMatchObject({ code: 'archive-unsafe' });
  });
});

describe('an archive that is too large', () => {
  const zeros = Buffer.alloc(5 * 1024 * 1024);

  it('is not even opened', async () => {
    const { work, locate } = await setting();
    await writeFile(join(work, 'a.tgz'), '');
    await truncate(join(work, 'a.tgz'), 101 * 1024 * 1024);
    expect(await faultOf(locate('a.tgz'))).toMatchObject({ code: 'file-too-large', location: { file: 'a.tgz' } });
  });

  it('unpacks to many times its size', async () => {
    const { work, locate } = await setting();
    const entries = Array.from({ length: 4 }, (_, index) => ({ name: `contoso/${index}`, content: zeros }));
    await writeFile(join(work, 'bomb.tgz'), await packedWith(entries));
    const fault = await faultOf(locate('bomb.tgz'));
    expect(fault).toMatchObject({ code: 'archive-too-large', message: expect.stringContaining('200 times') });
  });

  it('hides the bomb in a packaged subchart', async () => {
    const { work, locate } = await setting();
    const bomb = gzipSync(await tarOf([0, 1, 2].map((index) => ({ name: `sub/${index}`, content: zeros }))));
    await writeFile(join(work, 'a.tgz'), await packedWith([{ name: 'contoso/charts/sub-1.0.0.tgz', content: bomb }]));
    expect(await faultOf(locate('a.tgz'))).toMatchObject({ code: 'archive-too-large' });
  });

  it('has a file that no chart has', async () => {
    const { work, locate } = await setting();
    const content = Buffer.concat([zeros, Buffer.from('x')]);
    await writeFile(join(work, 'a.tgz'), await packedWith([{ name: 'contoso/big', content }]));
    expect(await faultOf(locate('a.tgz'))).toMatchObject({
      code: 'archive-too-large',
      message: expect.stringContaining('contoso/big'),
    });
  });

  it('has more files than any chart', async () => {
    const { work, locate } = await setting();
    const entries = Array.from({ length: 20_000 }, (_, index) => ({ name: `contoso/f${index}` }));
    await writeFile(join(work, 'a.tgz'), await packedWith(entries));
    const fault = await faultOf(locate('a.tgz'));
    expect(fault).toMatchObject({ code: 'archive-too-large', message: expect.stringContaining('20000 files') });
  });
});

describe('packaged subcharts of a folder', () => {
  const evil = () => packedWith([{ name: 'contoso/link', type: 'symlink', linkname: '/etc/passwd' }]);

  it.each(['charts/sub.tgz', 'charts/other/charts/sub.tgz'])(
    'are checked like every other archive: %s',
    async (path) => {
      const { work, locate } = await setting();
      await writeFiles(
        join(work, 'c'),
        chartFiles('c', { 'charts/other/Chart.yaml': 'name: other\nversion: 1.0.0\n' }),
      );
      await mkdir(join(work, 'c/charts/other/charts'), { recursive: true });
      await writeFile(join(work, 'c', path), await evil());
      expect(await faultOf(locate('c'))).toMatchObject({
        code: 'archive-unsafe',
        message: expect.stringContaining('sub.tgz'),
      });
    },
  );

  it('are found behind links too', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'c'), chartFiles('c'));
    await mkdir(join(work, 'packed'));
    await writeFile(join(work, 'packed/sub.tgz'), await evil());
    await symlink(join(work, 'packed'), join(work, 'c/a-first-name'));
    await symlink(join(work, 'packed'), join(work, 'c/charts'));
    expect(await faultOf(locate('c'))).toMatchObject({ code: 'archive-unsafe' });
  });

  it('share the bounds of one chart', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'c'), chartFiles('c', { 'charts/README.md': '' }));
    const bomb = await packedWith([{ name: 'contoso/zeros', content: Buffer.alloc(4_500_000) }]);
    await writeFile(join(work, 'c/charts/bomb.tgz'), bomb);
    expect(await faultOf(locate('c'))).toMatchObject({ code: 'archive-too-large' });
  });

  it('that are what they should be do no harm, nor do archives that helm does not open', async () => {
    const { work, locate } = await setting();
    await writeFiles(join(work, 'c'), chartFiles('c', { 'charts/README.md': '', 'files/no-archive.tgz': 'text' }));
    await writeFile(join(work, 'c/charts/sub.tgz'), await packedChart('sub'));
    expect(await locate('c')).toHaveLength(1);
  });
});

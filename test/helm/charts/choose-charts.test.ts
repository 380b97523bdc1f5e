/** Which charts a list with patterns and exclusions means, whatever a change puts into the folders. */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chartFiles, writeFiles } from '../../support/charts.ts';
import { type Setting, setting } from './locate-fixtures.ts';

async function chartsNamed(...names: readonly string[]): Promise<Setting> {
  const scene = await setting();
  for (const name of names) await writeFiles(join(scene.work, 'charts', name), chartFiles(name.replace('*', 'star')));
  return scene;
}

const namesOf = async (charts: ReturnType<Setting['locate']>) =>
  (await charts).map(({ metadata }) => metadata.name).toSorted();

describe.skipIf(process.platform === 'win32')('a folder whose name is a pattern', () => {
  test('does not take the place of the charts that the pattern matches', async () => {
    const { locate } = await chartsNamed('a', 'b', '*');
    expect(await namesOf(locate('charts/*'))).toEqual(['a', 'b', 'star']);
  });

  test('does not undo exclusions', async () => {
    const { locate } = await chartsNamed('a', 'lib-b', '*');
    expect(await namesOf(locate('charts/*', '!charts/lib-*'))).toEqual(['a', 'star']);
  });

  test('is found beside the charts that the pattern matches', async () => {
    const { work, locate } = await chartsNamed('a');
    await writeFiles(join(work, 'charts/[a]'), chartFiles('brackets'));
    expect(await namesOf(locate('charts/[a]'))).toEqual(['a', 'brackets']);
  });
});

describe('an exclusion', () => {
  test('leaves out no chart that only a link it matches leads to', async () => {
    const { work, locate } = await chartsNamed('evil', 'good');
    await symlink('evil', join(work, 'charts/lib-evil'));
    expect((await locate('charts/*', '!charts/lib-*')).map(({ displayPath }) => displayPath)).toEqual([
      'charts/evil',
      'charts/good',
    ]);
  });

  test('leaves out no chart that a linked folder around it leads to', async () => {
    const { work, locate } = await chartsNamed('evil', 'good');
    await symlink('charts', join(work, 'libraries'));
    expect(await namesOf(locate('charts/*', '!libraries/e*', '!libraries/good'))).toEqual(['evil', 'good']);
  });

  test('leaves out a chart also if the pattern reaches it by a link', async () => {
    const { work, locate } = await chartsNamed('a', 'b');
    await symlink('charts', join(work, 'linked'));
    expect(await namesOf(locate('linked/*', '!charts/b'))).toEqual(['a']);
    expect(await namesOf(locate('linked/*', '!linked/b'))).toEqual(['a']);
  });
});

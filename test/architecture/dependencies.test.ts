/** What is bundled is what users run: dependabot's production group and `npm audit --omit=dev` must see it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundledIn, productionIn } from '../../scripts/release/bundled.ts';
import { root } from '../support/root.ts';

const read = async (...path: readonly string[]) => await readFile(join(root, ...path), 'utf8');

const manifest = JSON.parse(await read('package.json'));
const lock = JSON.parse(await read('package-lock.json'));
const bundled = bundledIn(await read('dist', 'licenses.txt'));
const names = new Set(bundled.map((each) => each.split(' ')[0] ?? ''));

describe('package.json', () => {
  test('names no package as a tool that is in the bundle', () => {
    expect(bundled.length).toBeGreaterThan(60);
    expect(Object.keys(manifest.devDependencies).filter((name) => names.has(name))).toEqual([]);
  });

  test('names no package as a dependency that is not in the bundle', () => {
    expect(Object.keys(manifest.dependencies).filter((name) => !names.has(name))).toEqual([]);
  });

  test('brings every bundled package, at its version, by a dependency and not by a tool', () => {
    const production = productionIn(lock);
    expect(bundled.filter((each) => !production.has(each))).toEqual([]);
  });

  test('says where the project is, at the place that the README and the examples name', async () => {
    const place = 'https://github.com/chart-images/chart-images';
    expect(await read('README.md')).toContain('uses: chart-images/chart-images@');
    expect(manifest).toMatchObject({
      homepage: `${place}#readme`,
      bugs: { url: `${place}/issues` },
      repository: { type: 'git', url: `git+${place}.git` },
    });
  });
});

test('package-lock.json has no address to download from, so that any mirror serves it', () => {
  const entries: readonly { readonly resolved?: string }[] = Object.values(lock.packages);
  expect(entries.filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});

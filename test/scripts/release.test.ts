/** What a release carries beside the sources, as `npm run release` lays it out. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledIn } from '../../scripts/release/bundled.ts';
import { type Bom, bomOfBundle } from '../../scripts/release/sbom.ts';
import { sumsOf } from '../../scripts/release/sums.ts';
import { sumFiles, writeAssets } from '../../scripts/release.ts';
import { testFolder } from '../support/folder.ts';
import { root } from '../support/root.ts';

describe('the assets of a release', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chart-images-release-'));
    writeAssets(folder);
  });
  afterAll(async () => await rm(folder, { recursive: true }));
  const text = async (name: string) => await readFile(join(folder, name), 'utf8');

  test('are the package, the extension, the bill of materials, and the sums of each and of dist', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect((await readdir(folder)).sort()).toEqual([
      'SHA256SUMS',
      'SHA256SUMS-dist',
      `chart-images-${version}.tgz`,
      `chart-images-${version}.vsix`,
      'chart-images.cdx.json',
    ]);
  });

  test('have the sums that another program finds', async () => {
    const names = (await readdir(folder)).filter((name) => name !== sumFiles.assets);
    expect(linesOf(await text(sumFiles.assets))).toEqual(
      await Promise.all(names.sort().map((name) => sum(folder, name))),
    );
    const dist = (await readdir(join(root, 'dist'))).map((name) => `dist/${name}`);
    expect(linesOf(await text(sumFiles.dist))).toEqual(await Promise.all(dist.sort().map((name) => sum(root, name))));
  });

  test('have a bill of materials with exactly the packages in the bundle, each with its checksum', async () => {
    const bom = JSON.parse(await text('chart-images.cdx.json'));
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'chart-images', type: 'application' } },
    });
    const bundled = bundledIn(await readFile(join(root, 'dist', 'licenses.txt'), 'utf8'));
    expect(bom.components.map(({ name, version }: Component) => `${name} ${version}`)).toEqual(bundled);
    expect(bom.components.filter(({ hashes }: Component) => hashes?.[0]?.alg !== 'SHA-512')).toEqual([]);
  });
});

interface Component {
  readonly name: string;
  readonly version: string;
  readonly hashes?: readonly { readonly alg: string }[];
}

function linesOf(text: string): readonly string[] {
  return text.trimEnd().split('\n');
}

async function sum(folder: string, name: string): Promise<string> {
  return `${createHash('sha256')
    .update(await readFile(join(folder, name)))
    .digest('hex')}  ${name}`;
}

test('sums are sorted by name, whatever order the files are named in', async () => {
  const folder = await testFolder();
  await writeFile(join(folder, 'b'), 'two');
  await writeFile(join(folder, 'a'), '');
  expect(sumsOf(folder, ['b', 'a'])).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n' +
      '3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3  b\n',
  );
});

test('a bundled package that npm does not know is not left out of the bill of materials in silence', () => {
  const root = { 'bom-ref': 'r', name: 'r', version: '1.0.0', purl: 'pkg:npm/r@1.0.0', type: 'library' };
  const bom: Bom = { bomFormat: 'CycloneDX', metadata: { component: root }, components: [], dependencies: [] };
  expect(() => bomOfBundle(bom, 'r', ['left-pad 1.3.0'])).toThrow('left-pad 1.3.0');
});

/** What `dist/` holds is what users run, so it is held to its promises here; `.ci/run` compares it with the sources. */
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../support/folder.ts';
import { nodes } from '../support/host-run.ts';
import { outputOf } from '../support/program.ts';
import { bundle, root } from '../support/root.ts';

const dist = join(root, 'dist');
const files = await readdir(dist);

describe('the bundle', () => {
  test('is JavaScript, its package.json and the licences, and nothing else', () => {
    expect(files.filter((name) => !/^(index\.js|\d+\.index\.js|package\.json|licenses\.txt)$/.test(name))).toEqual([]);
  });

  test('is at most 2 MiB large', async () => {
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(dist, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2 * 2 ** 20);
  });

  test('names every package in it, with its licence', async () => {
    const licences = await readFile(join(dist, 'licenses.txt'), 'utf8');
    const packages = await bundledPackages();
    expect(packages.length).toBeGreaterThan(10);
    const lines = new Set(licences.split(/\r?\n/));
    expect(packages.filter((name) => !lines.has(name))).toEqual([]);
  });

  test.each(nodes)('shows its help and version without loading any other part, on $name', async ({ node }) => {
    const alone = join(await testFolder(), 'dist');
    await mkdir(alone);
    for (const name of ['index.js', 'package.json']) await copyFile(join(dist, name), join(alone, name));
    const start = (file: string, flag: string) => outputOf(node, [file, flag]);
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(await start(join(alone, 'index.js'), '--version')).toBe(version);
    expect(await start(join(alone, 'index.js'), '--help')).toContain('--image-sources');
    expect(await start(bundle, '--help')).toBe(await start(join(alone, 'index.js'), '--help'));
  });

  test('needs the rest for a run: what is left out of the help is really apart', () => {
    expect(files.filter((name) => /^\d+\.index\.js$/.test(name)).length).toBeGreaterThan(3);
  });
});

/** The packages that another bundler takes into its bundle of the same sources. */
async function bundledPackages(): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [join(root, 'src', 'main.ts')],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    outdir: 'nowhere',
    splitting: true,
  });
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const names = used.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

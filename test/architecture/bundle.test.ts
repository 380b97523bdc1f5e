/** What `dist/` holds is what users run, so it is held to its promises here; `.ci/run` compares it with the sources. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../support/folder.ts';
import { nodes } from '../support/host-run.ts';
import { outputOf } from '../support/program.ts';
import { bundle, root } from '../support/root.ts';

const dist = join(root, 'dist');
const files = await readdir(dist);

describe('the bundle', () => {
  test('is JavaScript, its package.json and the licenses, and nothing else', () => {
    expect(files.filter((name) => !/^(index\.js|\d+\.index\.js|package\.json|licenses\.txt)$/.test(name))).toEqual([]);
  });

  test('is at most 2.1 MiB large', async () => {
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(dist, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2.1 * 2 ** 20);
  });

  test('names every package in it, with its license', async () => {
    const licenses = await readFile(join(dist, 'licenses.txt'), 'utf8');
    const packages = await bundledPackages();
    expect(packages.length).toBeGreaterThan(10);
    const names = new Set(licenses.split(/\r?\n/).map((line) => /^(\S+) \d+\.\d+\.\d+\S*$/.exec(line)?.[1]));
    expect(packages.filter((name) => !names.has(name))).toEqual([]);
  });

  test.each(nodes)('shows its help and version without loading any library, on $name', async ({ node }) => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const versionRun = await loading(node, '--version');
    expect(versionRun.stdout).toBe(version);
    expect(versionRun.loaded).toEqual(['index.js']);
    const helpRun = await loading(node, '--help');
    expect(helpRun.stdout).toContain('--image-sources');
    // The smallest library of the bundle alone is larger.
    const sizes = await Promise.all(helpRun.loaded.map(async (name) => (await stat(join(dist, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(64 * 1024);
  });
});

/** Runs the bundle and tells which of its files were loaded, by V8's coverage. */
async function loading(node: string, flag: string) {
  const coverage = await testFolder();
  const stdout = await outputOf(node, [bundle, flag], { env: { ...process.env, NODE_V8_COVERAGE: coverage } });
  const [file = ''] = await readdir(coverage);
  const { result } = JSON.parse(await readFile(join(coverage, file), 'utf8')) as { result: { url: string }[] };
  const prefix = `${pathToFileURL(dist).href}/`;
  const loaded = result.flatMap(({ url }) => (url.startsWith(prefix) ? [url.slice(prefix.length)] : []));
  return { stdout, loaded };
}

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
    external: ['supports-color'],
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

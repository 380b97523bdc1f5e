/**
 * The worked example from end to end: an embedded registry that holds Contoso's four images, the product's own bundle run
 * on `examples/contoso/cnf-input.jsonc`, and a second, empty registry that afterwards must hold all four.
 */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyEdits, modify } from 'jsonc-parser';
import { makeImage, makeIndex, pushImage } from '../test/support/images.ts';
import { type DemoRegistry, startDemoRegistry } from './demo-registry.ts';
import { provideTool, toolFolder, toolPath } from './tools.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'dist', 'index.js');
const example = join(root, 'examples', 'contoso');

/** Where the source has each image, and where it must land: without the source's namespace. */
const images = [
  { stored: 'release/contoso-a', lands: 'release/contoso-a' },
  { stored: 'release/contoso-b', lands: 'release/contoso-b' },
  { stored: 'release/contoso-c', lands: 'release/contoso-c' },
  { stored: 'test/test-release/contoso-test', lands: 'test-release/contoso-test' },
] as const;
const tag = '1.0.0';

const environment = environmentWithHelm();
const source = await startDemoRegistry();
const target = await startDemoRegistry();
const folder = await mkdtemp(join(tmpdir(), 'chart-images-demo-'));
try {
  await fill(source);
  const inputFile = join(folder, 'cnf-input.jsonc');
  await writeFile(inputFile, withSources(await readFile(join(example, 'cnf-input.jsonc'), 'utf8')));
  console.log(`source registry: ${source.host} and ${source.host}/test\ntarget registry: ${target.host}\n`);
  const code = await runBundle('--input-file', inputFile, '--target', target.host, '--push', 'true');
  const missing = images.filter(({ stored, lands }) => !isCopied(stored, lands)).map(({ lands }) => lands);
  if (missing.length > 0) console.error(`\nThe target registry lacks ${missing.join(', ')}.`);
  else console.log(`\nThe target registry has all ${images.length} images, with the digests of the source.`);
  process.exitCode = code === 0 && missing.length === 0 ? 0 : 1;
} finally {
  await Promise.all([source.stop(), target.stop(), rm(folder, { recursive: true, force: true })]);
}

async function fill(registry: DemoRegistry): Promise<void> {
  for (const { stored } of images) {
    const platforms = ['linux/amd64', 'linux/arm64'].map((platform) => makeImage({ seed: stored, platform }));
    await pushImage(registry.url, stored, tag, await makeIndex(await Promise.all(platforms)));
  }
}

/** The example with its registries, which exist nowhere, replaced by the embedded one. */
function withSources(text: string): string {
  return applyEdits(text, modify(text, ['image_sources'], [source.host, `${source.host}/test`], {}));
}

function isCopied(stored: string, lands: string): boolean {
  return (
    target.storage.tagged().includes(`${lands}:${tag}`) &&
    target.storage.manifest(lands, tag).digest === source.storage.manifest(stored, tag).digest
  );
}

async function runBundle(...args: readonly string[]): Promise<number | null> {
  // Not spawnSync: the registries live in this process and have to answer meanwhile.
  const child = spawn(process.execPath, [bundle, ...args], { cwd: example, env: environment, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code;
}

/**
 * The bundle finds helm on the PATH, in its tool cache, or downloads it. Where none of that works and Go is there, helm is
 * built once and stands on the PATH.
 */
function environmentWithHelm(): NodeJS.ProcessEnv {
  const built = { ...process.env, PATH: [toolFolder('helm-4'), process.env['PATH']].join(delimiter) };
  if (existsSync(toolPath('helm-4'))) return built;
  // Only lists the images, so that nothing but a missing helm can end it with 3.
  const list: SpawnSyncReturns<string> = spawnSync(
    process.execPath,
    [bundle, '--input-file', 'cnf-input.jsonc', '--resolve', 'false'],
    { cwd: example, encoding: 'utf8' },
  );
  if (list.status !== 3) return process.env;
  if (spawnSync('go', ['version']).status !== 0) {
    throw new Error(`helm is neither on the PATH nor could it be fetched, and Go is not there:\n${list.stderr}`);
  }
  provideTool('helm-4');
  return built;
}

/**
 * `npm run release` lays out what a release carries beside the sources, in `build/release/`, from the `dist/` that is
 * there: the package of the terminal command, the Azure Pipelines extension, the bill of materials and the sums of all
 * of them and of each file of `dist/`. Publishes nothing. `--publisher <id>` is as in `vsix.ts`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundledIn } from './release/bundled.ts';
import { type Bom, bomOfBundle } from './release/sbom.ts';
import { sumsOf } from './release/sums.ts';
import { packStage, publisherForm, stageExtension } from './vsix.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A file of sums for the assets, and one for the bundle as it lies in the repository. */
export const sumFiles = { assets: 'SHA256SUMS', dist: 'SHA256SUMS-dist' } as const;

/** Writes all assets into `folder`, made anew. */
export function writeAssets(folder: string, publisher?: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { name, version } = JSON.parse(read('package.json')) as { readonly name: string; readonly version: string };
  npm('pack', '--ignore-scripts', '--pack-destination', folder);
  const stage = join(root, 'build', 'extension');
  stageExtension({ publisher, stage });
  packStage(stage, join(folder, `${name}-${version}.vsix`));
  const bom = JSON.parse(npm('sbom', '--package-lock-only', '--sbom-format', 'cyclonedx')) as Bom;
  const bundled = bomOfBundle(bom, name, bundledIn(read('dist', 'licenses.txt')));
  writeFileSync(join(folder, `${name}.cdx.json`), `${JSON.stringify(bundled, null, 2)}\n`);
  const dist = readdirSync(join(root, 'dist')).map((file) => `dist/${file}`);
  writeFileSync(join(folder, sumFiles.dist), sumsOf(root, dist));
  writeFileSync(join(folder, sumFiles.assets), sumsOf(folder, readdirSync(folder)));
}

function read(...path: readonly string[]): string {
  return readFileSync(join(root, ...path), 'utf8');
}

/** npm is a script on Windows, which only a shell starts; no argument here comes from outside. */
function npm(...args: readonly string[]): string {
  const shell = process.platform === 'win32';
  return execFileSync('npm', [...args], { cwd: root, shell, stdio: ['ignore', 'pipe', 'inherit'] }).toString();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { publisher } = parseArgs({ options: { publisher: { type: 'string' } } }).values;
  if (publisher !== undefined && !publisherForm.test(publisher))
    throw new Error(`"${publisher}" is not a publisher's id.`);
  const folder = join(root, 'build', 'release');
  writeAssets(folder, publisher);
  for (const file of readdirSync(folder)) console.error(`wrote ${join(folder, file)}`);
}

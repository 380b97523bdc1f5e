/**
 * The pictures of the README: what the bundle prints about a pull request with an image that doesn't exist, as SVG
 * files. `npm run pictures` writes them; with `--check` it writes nothing, names those that differ and exits 1.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columns, playScene } from './pictures/scene.ts';
import { summarySvg } from './pictures/summary-svg.ts';
import { terminalSvg } from './pictures/terminal-svg.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

interface Picture {
  /** From the root of the repository, `/` as separator. */
  readonly path: string;
  readonly svg: string;
}

/** Those that are not on disk as the current bundle makes them. */
async function stalePictures(): Promise<readonly Picture[]> {
  const { summary, terminal } = await playScene();
  const pictures = [
    { path: 'docs/pictures/summary.svg', svg: summarySvg(summary) },
    { path: 'docs/pictures/terminal.svg', svg: terminalSvg(terminal, columns) },
  ];
  return pictures.filter(({ path, svg }) => {
    try {
      return readFileSync(join(root, path), 'utf8') !== svg;
    } catch {
      return true;
    }
  });
}

const stale = await stalePictures();
if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} differs from what the bundle prints: run "npm run pictures".`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, svg } of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), svg);
    console.error(`wrote ${path}`);
  }
}

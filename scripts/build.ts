/**
 * src → tsc → build → ncc → dist. The bundle is deterministic: CI rebuilds it and compares byte for byte.
 * ncc minifies the entry only, so the chunks that load on demand are minified here, keeping licence comments out because
 * `dist/licenses.txt` carries every licence whole.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const dist = join(root, 'dist');
const run = (script: string, ...args: string[]) =>
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 2, 2] });

rmSync(join(root, 'build'), { recursive: true, force: true });
rmSync(dist, { recursive: true, force: true });
run(join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc'), '-p', 'scripts/build.tsconfig.json');
run(
  require.resolve('@vercel/ncc/dist/ncc/cli.js'),
  'build',
  'build/main.js',
  '-o',
  'dist',
  '--license',
  'licenses.txt',
);
// `open`, a dependency of @azure/identity, brings this program for interactive sign-in, which never happens here.
rmSync(join(dist, 'xdg-open'), { force: true });

for (const file of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
  const path = join(dist, file);
  const { code } = await transform(readFileSync(path, 'utf8'), {
    loader: 'js',
    format: 'esm',
    target: 'node20.18',
    minify: true,
    legalComments: 'none',
  });
  writeFileSync(path, file === 'index.js' ? `#!/usr/bin/env node\n${code.replace(/^#!.*\n/, '')}` : code, {
    mode: 0o644,
  });
}
const bytes = readdirSync(dist).reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
console.error(`dist: ${readdirSync(dist).length} files, ${(bytes / 2 ** 20).toFixed(2)} MiB`);

/**
 * How large the bundle is and how long it takes to start: `--help`, and listing the images of the worked example, over
 * starting Node at all. Helm's own time is left out: a stub answers with a rendering that real helm made before.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { contosoExample } from '../test/support/contoso.ts';
import { bundle, root } from '../test/support/root.ts';
import { oldestNodePath, provideOldestNode, provideTool, toolPath } from './tools.ts';

const rounds = 21;

if (process.platform === 'win32') throw new Error('the stub for helm is a shell script; run this on Linux or macOS');
provideTool('helm-4');
provideOldestNode();

const folder = mkdtempSync(join(tmpdir(), 'chart-images-bench-'));
try {
  const dist = join(root, 'dist');
  const sizes = readdirSync(dist).map((name) => ({ name, size: statSync(join(dist, name)).size }));
  console.log(`bundle: ${mebibytes(sizes.reduce((sum, { size }) => sum + size, 0))}`);
  for (const { name, size } of sizes.sort((a, b) => b.size - a.size).slice(0, 6)) {
    console.log(`  ${name.padEnd(16)} ${mebibytes(size)}`);
  }
  const env = { ...process.env, PATH: [stubHelm(), process.env['PATH']].join(delimiter) };
  for (const node of [oldestNodePath(), process.execPath]) measure(node, env);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A folder with a program called helm that knows its version and one rendering. */
function stubHelm(): string {
  const helm = toolPath('helm-4');
  const version = execFileSync(helm, ['version', '--template', '{{.Version}}'], { encoding: 'utf8' });
  const rendering = join(folder, 'rendering.yaml');
  writeFileSync(rendering, execFileSync(helm, ['template', join(contosoExample, 'charts', 'contoso')]));
  const stub = join(folder, 'helm');
  writeFileSync(stub, `#!/bin/sh\ncase "$1" in version) echo '${version}' ;; *) exec cat '${rendering}' ;; esac\n`);
  chmodSync(stub, 0o755);
  return folder;
}

/** The kinds of start take turns, so that whatever else the machine does meets all of them. */
function measure(node: string, env: NodeJS.ProcessEnv): void {
  const starts = [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: '--version', args: [bundle, '--version'] },
    { name: '--help', args: [bundle, '--help'] },
    { name: '--resolve=false', args: [bundle, '--input-file=cnf-input.jsonc', '--resolve=false'] },
  ].map((start) => ({ ...start, times: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { args, times } of starts) {
      const begin = performance.now();
      execFileSync(node, args, { cwd: contosoExample, env, stdio: ['ignore', 'ignore', 'pipe'] });
      times.push(performance.now() - begin);
    }
  }
  const base = median(starts[0]?.times ?? []);
  console.log(
    `\nNode ${execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()}, medians of ${rounds}`,
  );
  for (const { name, times } of starts) {
    const time = median(times);
    const over = time - base;
    console.log(
      `  ${name.padEnd(16)} ${milliseconds(time)}   ${milliseconds(over)} over node   ${(time / base).toFixed(2)} x`,
    );
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function milliseconds(value: number): string {
  return `${value.toFixed(1).padStart(7)} ms`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}

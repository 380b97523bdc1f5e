/**
 * What a check of one chart costs beside its own helm runs: the bundle finds 30 images in a registry on loopback,
 * everything warm; then the helm runs that it made, by themselves, one after another. Both take turns. One traced run
 * before says which helm runs those are, and where the time goes.
 *
 * npm run bench:check -- --rounds 15 --images 30 --helm 4 --node oldest
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { bundle } from '../test/support/root.ts';
import { writeChart } from './bench-check/chart.ts';
import type { StartedProgram, Trace } from './bench-check/trace.ts';
import { oldestNodePath, provideOldestNode, provideTool, toolFolder } from './tools.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    images: { type: 'string', default: '30' },
    helm: { type: 'string', default: '4' },
    node: { type: 'string', default: 'newest' },
  },
});
const [rounds, images] = [Number(options.rounds), Number(options.images)];
const tool = options.helm === '3' ? 'helm-3' : 'helm-4';

if (process.platform === 'win32') throw new Error('processor time is read from a shell; run this on Linux or macOS');
provideTool(tool);
if (options.node === 'oldest') provideOldestNode();
const node = options.node === 'oldest' ? oldestNodePath() : process.execPath;

const folder = mkdtempSync(join(tmpdir(), 'chart-images-bench-'));
const worker = new Worker(new URL('bench-check/registry.ts', import.meta.url), { workerData: images });
try {
  // The first message is the host, every other one answers how often the registry was asked.
  const [host] = (await once(worker, 'message')) as [string];
  const chart = writeChart(folder, images);
  const report = join(folder, 'report');
  mkdirSync(report);
  const environment = {
    ...process.env,
    PATH: [toolFolder(tool), process.env['PATH']].join(delimiter),
    XDG_CACHE_HOME: join(folder, 'cache'),
  };
  const check = [bundle, chart, '--image-sources', host, '--report', report];

  // The first run fills the caches that the second finds.
  await run(node, check, environment);
  const before = await requests();
  const trace = await traced(check, environment);
  console.log(`${images} images, Node ${await versionOf(node)}, ${tool}, ${(await requests()) - before} requests`);
  for (const { at, what } of trace.events) console.log(`${at.toFixed(0).padStart(6)} ms  ${what}`);
  console.log('helm runs:');
  for (const { path, arguments: given } of trace.programs) console.log(`  ${path} ${given.join(' ')}`);

  const contestants = [
    { name: 'check', work: () => run(node, check, environment), costs: [] as Cost[] },
    { name: 'its helm runs', work: () => runAll(trace.programs), costs: [] as Cost[] },
    { name: 'node -e 0', work: () => run(node, ['-e', '0'], environment), costs: [] as Cost[] },
  ];
  for (let round = 0; round < rounds; round += 1) {
    for (const { work, costs } of contestants) costs.push(await work());
  }
  for (const { name, costs } of contestants) {
    const wall = median(costs.map((cost) => cost.wall));
    const processor = median(costs.map((cost) => cost.processor));
    console.log(
      `${name.padEnd(14)} ${wall.toFixed(0).padStart(5)} ms, ${processor.toFixed(0).padStart(5)} ms of processor`,
    );
  }
  const [ours = [], theirs = []] = contestants.map(({ costs }) => costs);
  const ratio = (of: keyof Cost) =>
    (median(ours.map((cost) => cost[of])) / median(theirs.map((cost) => cost[of]))).toFixed(2);
  console.log(
    `ratio, medians of ${rounds}: ${ratio('wall')} of the time, ${ratio('processor')} of the processor (aim: 1.5)`,
  );
} finally {
  await worker.terminate();
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds. */
interface Cost {
  readonly wall: number;
  /** All processes of it together. */
  readonly processor: number;
}

async function run(program: string, given: readonly string[], env: NodeJS.ProcessEnv): Promise<Cost> {
  const timed = 'TIMEFORMAT="%3U %3S"; { time "$@" 1>/dev/null 2>/dev/null; } 2>&1';
  const begin = performance.now();
  const child = spawn('bash', ['-c', timed, 'bash', program, ...given], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const [code] = await once(child, 'close');
  const wall = performance.now() - begin;
  if (code !== 0) throw new Error(`${program} ${given.join(' ')} ended with ${code}`);
  const [user = Number.NaN, system = Number.NaN] = told.trim().split(' ').map(Number);
  return { wall, processor: (user + system) * 1000 };
}

async function runAll(programs: readonly StartedProgram[]): Promise<Cost> {
  let [wall, processor] = [0, 0];
  for (const program of programs) {
    const cost = await run(program.path, program.arguments, { ...program.environment });
    wall += cost.wall;
    processor += cost.processor;
  }
  return { wall, processor };
}

async function traced(check: readonly string[], environment: NodeJS.ProcessEnv): Promise<Trace> {
  const hooks = new URL('bench-check/trace.ts', import.meta.url).href;
  const env = { ...environment, CHART_IMAGES_TRACE: folder };
  // Only Node 24 takes the hooks.
  await run(process.execPath, ['--import', hooks, ...check], env);
  // Written by trace.ts in this form.
  return JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')) as Trace;
}

async function requests(): Promise<number> {
  const answer = once(worker, 'message');
  worker.postMessage('asked');
  return ((await answer) as [number])[0];
}

async function versionOf(program: string): Promise<string> {
  const child = spawn(program, ['-p', 'process.versions.node'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return chunk.toString().trim();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

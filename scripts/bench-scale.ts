/**
 * What a run over very many charts costs: they are made here, with five image uses each and three images for four
 * charts (2,000 charts, 10,000 uses, 1,500 images), rendered with real helm, looked for in a real registry and copied
 * to another. Prints seconds, the processor time and the most memory of the program itself (helm's processes apart),
 * and the requests that it made more than once. On a machine that has other work the processor time is what tells
 * whether time grows with the charts alone.
 *
 * npm run bench:scale -- --charts 500,1000,2000 [--check] [--helm 3|4|stub]
 *
 * `--check` looks for the images and copies none; `--helm stub` leaves helm's own time out: a stub prints what helm
 * does. The bundle is what is run, so build it first.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { startDistribution } from '../test/support/distribution.ts';
import { bundle } from '../test/support/root.ts';
import { imagesFor, renderingName, usesPerChart, writeCharts, writeRenderings } from './bench-scale/charts.ts';
import { type Front, startFront } from './bench-scale/front.ts';
import { writeImages } from './bench-scale/storage.ts';
import { provideTool, toolFolder } from './tools.ts';

const { values: options } = parseArgs({
  options: {
    charts: { type: 'string', default: '500,1000,2000' },
    check: { type: 'boolean', default: false },
    helm: { type: 'string', default: '4' },
  },
});
const helms = { '3': 'helm-3', '4': 'helm-4', stub: undefined } as const;
const helm = helmOf(options.helm);
if (helm !== undefined) provideTool(helm);

function helmOf(name: string) {
  if (name === '3' || name === '4' || name === 'stub') return helms[name];
  throw new Error('--helm takes 3, 4 or stub');
}

provideTool('registry');

/** Milliseconds between two looks at the memory; the kernel keeps the highest, so the last look has it. */
const interval = 50;

/** Clock ticks of Linux a second, as its programs see them. */
const ticks = 100;

interface Figures {
  /** Seconds from start to end, and those until the last chart was rendered and read. */
  readonly wall: number;
  readonly named: number;
  /** Processor seconds of the program itself. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly log: string;
}

/** A copy, so that a build in the meantime changes nothing. */
const own = mkdtempSync(join(tmpdir(), 'bench-scale-'));
cpSync(dirname(bundle), own, { recursive: true });
const program = join(own, basename(bundle));

console.log('charts    uses  images  seconds  to names  cpu s  cpu ms/chart  MiB  requests  an image  repeated');
try {
  for (const charts of options.charts.split(',').map(Number)) await measure(charts);
} finally {
  rmSync(own, { recursive: true, force: true });
}

async function measure(charts: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scale-'));
  const images = imagesFor(charts);
  const registries = [
    await startDistribution({ fill: (content) => writeImages(content, images) }),
    await startDistribution(),
  ] as const;
  const fronts = [await startFront(registries[0].host), await startFront(registries[1].host)] as const;
  try {
    writeCharts(join(folder, 'charts'), fronts[0].host, charts);
    if (helm === undefined) writeRenderings(join(folder, 'charts'), fronts[0].host, charts);
    const copying = options.check ? [] : ['--target', fronts[1].host, '--push'];
    const { wall, named, cpu, memory, log } = await run(folder, ['charts/*', ...copying, '--report', 'report']);
    const { totals } = JSON.parse(readFileSync(join(folder, 'report', 'images.json'), 'utf8'));
    const right = options.check ? totals.found : totals.copied;
    if (right !== images) throw new Error(`${right} of ${images} images came out right:\n${log.slice(-4000)}`);
    const all = fronts.flatMap(({ asked }) => [...asked.values()]);
    const requests = all.reduce((sum, times) => sum + times, 0);
    const columns = [
      String(charts).padStart(6),
      String(charts * usesPerChart).padStart(8),
      String(images).padStart(8),
      wall.toFixed(1).padStart(9),
      named.toFixed(1).padStart(10),
      cpu.toFixed(1).padStart(7),
      ((cpu * 1000) / charts).toFixed(1).padStart(14),
      memory.toFixed(0).padStart(5),
      String(requests).padStart(10),
      (requests / images).toFixed(1).padStart(10),
      String(all.filter((times) => times > 1).length).padStart(10),
    ];
    console.log(columns.join(''));
    for (const line of fronts.flatMap(repeatedOf).slice(0, 5)) console.log(`  ${line}`);
  } finally {
    for (const front of fronts) await front.stop();
    for (const registry of registries) await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function stubHelm(): string {
  const stub = join(own, 'bin', 'helm');
  mkdirSync(dirname(stub), { recursive: true });
  const print = `for last; do :; done; exec cat "$last/${renderingName}"`;
  writeFileSync(stub, `#!/bin/sh\ncase "$1" in version) echo v4.2.4 ;; *) ${print} ;; esac\n`);
  chmodSync(stub, 0o755);
  return dirname(stub);
}

function repeatedOf({ asked }: Front): readonly string[] {
  return [...asked].filter(([, times]) => times > 1).map(([line, times]) => `${times} × ${line}`);
}

async function run(folder: string, given: readonly string[]): Promise<Figures> {
  const begin = performance.now();
  const child = spawn(process.execPath, [program, ...given], {
    cwd: folder,
    env: {
      HOME: folder,
      PATH: [helm === undefined ? stubHelm() : toolFolder(helm), process.env['PATH']].join(delimiter),
      // No pull request of the machine that measures.
      NO_COLOR: '1',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  let named = 0;
  child.stderr.on('data', (piece: Buffer) => {
    log += piece.toString();
    if (named === 0 && log.includes('in the rendered manifests')) named = (performance.now() - begin) / 1000;
  });
  let memory = 0;
  let cpu = 0;
  const look = setInterval(() => {
    memory = Math.max(memory, highWater(child.pid ?? 0));
    cpu = Math.max(cpu, processorTime(child.pid ?? 0));
  }, interval);
  const [code] = await once(child, 'close');
  clearInterval(look);
  if (code !== 0) throw new Error(`the bundle ended with ${code}:\n${log.slice(-4000)}`);
  return { wall: (performance.now() - begin) / 1000, named, cpu, memory: memory / 1024, log };
}

/** Kibibytes that a process had at most so far; 0 where it has ended. */
function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Seconds that a process was busy so far; 0 where it has ended. */
function processorTime(pid: number): number {
  try {
    // After the program's name, which may hold spaces; the 12th and 13th of them are user and system time.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  } catch {
    return 0;
  }
}

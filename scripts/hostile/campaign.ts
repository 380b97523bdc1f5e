/**
 * Runs the workers, a few at a time, and watches them from outside: a worker that says nothing for too long is ended,
 * whatever its own loop does, and the input that it was busy with is the fault. The next worker goes on behind it.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Fault, Judged } from './judge.ts';
import type { Kind } from './kind.ts';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Where the kinds of a campaign are, as `kinds`. */
export const kindsModule = new URL('kinds.ts', import.meta.url).href;

/** Each worker compiles the same modules. Not in build/, which every build empties. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/chart-images/compiled', import.meta.url));

/** Milliseconds that one input may take, which is the promise. */
export const longestInput = 20_000;

/** Milliseconds more for the first input, in which the process starts. */
const longestStart = 40_000;

/** Bytes of memory that a process may have, which is the promise. */
export const mostMemory = 512 * 2 ** 20;

/** Inputs that one process tries: enough that its start does not matter, and few enough that one leak shows. */
const batch = 1000;

/** Each input is some files, and a disk would be what a campaign waits for. */
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export interface Failure {
  readonly kind: string;
  readonly index: number;
  readonly what: Fault;
  readonly detail: string;
}

/** What became of one kind. */
export interface Tally {
  readonly kind: string;
  inputs: number;
  /** How often each outcome was. */
  readonly outcomes: Map<string, number>;
  readonly failures: Failure[];
  /** Bytes: the most of any of its processes. */
  memory: number;
  /** Milliseconds: the longest input. */
  slowest: number;
}

export interface Plan {
  /** Of the workers: a module that has these kinds. */
  readonly module: string;
  /** Milliseconds for one input. */
  readonly longest: number;
  readonly kinds: readonly { readonly kind: Kind; readonly from: number; readonly to: number }[];
  readonly seed: string;
  readonly atATime: number;
  /** Takes a line after each batch. */
  readonly progress: (line: string) => void;
  readonly env: Readonly<Record<string, string>>;
}

export async function runCampaign({ kinds, atATime, progress, ...common }: Plan): Promise<readonly Tally[]> {
  const tallies = kinds.map(({ kind }) => emptyTally(kind.name));
  const batches = kinds
    .flatMap(({ from, to }, index) =>
      Array.from({ length: Math.ceil((to - from) / batch) }, (_, number) => ({
        tally: tallies[index] ?? emptyTally(''),
        from: from + number * batch,
        to: Math.min(to, from + (number + 1) * batch),
      })),
    )
    // All kinds soon: what is wrong with one shows in the first minutes.
    .sort((one, other) => one.from - other.from);
  const folder = mkdtempSync(join(parent, 'chart-images-hostile-'));
  try {
    const waiting = batches.values();
    let done = 0;
    await Promise.all(
      Array.from({ length: atATime }, async () => {
        for (const each of waiting) {
          await runBatch({ ...each, ...common, folder });
          done += 1;
          progress(`${done} of ${batches.length} batches: ${each.tally.kind} ${each.from} to ${each.to}`);
        }
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tallies;
}

export function emptyTally(kind: string): Tally {
  return { kind, inputs: 0, outcomes: new Map(), failures: [], memory: 0, slowest: 0 };
}

interface Batch extends Omit<Plan, 'kinds' | 'atATime' | 'progress'> {
  readonly tally: Tally;
  readonly from: number;
  readonly to: number;
  readonly folder: string;
}

/**
 * A process that ends before its work is done is a fault of the input that it was busy with; another one does the rest.
 */
async function runBatch(batch: Batch): Promise<void> {
  let from = batch.from;
  while (from < batch.to) {
    const folder = join(batch.folder, `${batch.tally.kind}-${from}`);
    mkdirSync(folder);
    from = await runWorker({ ...batch, from }, folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives the index behind the last input that was tried. */
async function runWorker({ module, longest, tally, from, to, seed, env }: Batch, folder: string): Promise<number> {
  const child = spawn(process.execPath, [worker, module, tally.kind, seed, String(from), String(to), folder], {
    cwd: folder,
    // Nothing of this machine: it may be a runner, with inputs and logins of its own.
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, NODE_COMPILE_CACHE: compiled, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(`exit ${code ?? signal}`));
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => (said = `${said}${text}`.slice(-2000)));
  const watch: Watch = { current: from, since: performance.now() + longestStart, hung: false, done: false };
  const timer = setInterval(() => {
    if (performance.now() - watch.since < longest) return;
    watch.hung = true;
    child.kill('SIGKILL');
  }, 250);
  // The fourth descriptor, which this process opened as a pipe.
  const lines = createInterface({ input: child.stdio[3] as Readable });
  for await (const line of lines) read(line, tally, watch);
  const ending = await ended;
  clearInterval(timer);
  if (watch.done) return to;
  const what = watch.hung ? 'hang' : 'ended';
  const detail = watch.hung ? `it took more than ${longest / 1000} s` : `the process ended with ${ending}: ${said}`;
  tally.inputs += 1;
  count(tally, what);
  tally.failures.push({ kind: tally.kind, index: watch.current, what, detail });
  return watch.current + 1;
}

interface Watch {
  current: number;
  since: number;
  hung: boolean;
  done: boolean;
}

function read(line: string, tally: Tally, watch: Watch): void {
  const [, letter = '', number = '', rest = ''] = /^(\w) ?(\d*) ?(.*)$/.exec(line) ?? [];
  const now = performance.now();
  switch (letter) {
    case 's':
      Object.assign(watch, { current: Number(number), since: now });
      return;
    case 'm': {
      const memory = Number(number);
      if (memory > mostMemory && tally.memory <= mostMemory) {
        const detail = `the process had ${Math.round(memory / 2 ** 20)} MiB`;
        tally.failures.push({ kind: tally.kind, index: watch.current, what: 'memory', detail });
      }
      tally.memory = Math.max(tally.memory, memory);
      return;
    }
    case 'e':
    case 'f': {
      tally.inputs += 1;
      tally.slowest = Math.max(tally.slowest, now - watch.since);
      // While the next one is on its way the process may end by itself.
      Object.assign(watch, { since: now });
      if (letter === 'e') {
        count(tally, rest);
        return;
      }
      const { outcome, fault } = JSON.parse(rest) as Judged; // Written by worker.ts.
      count(tally, outcome);
      if (fault !== undefined) tally.failures.push({ kind: tally.kind, index: Number(number), ...fault });
      return;
    }
    case 'd':
      watch.done = true;
      return;
    default:
      throw new Error(`a worker wrote ${JSON.stringify(line.slice(0, 200))}`);
  }
}

function count({ outcomes }: Tally, outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

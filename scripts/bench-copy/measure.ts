/**
 * Runs a command line and tells what it cost: wall and processor seconds, and the most memory of all its processes
 * together.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

export interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of user and system time. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

/** Milliseconds between two looks at the memory. Few, for they take processor time from what is measured. */
const interval = 100;

/** The line is bash's; its own `times` knows the processor time of everything that it waited for. */
export async function measure(line: string, env: Readonly<Record<string, string>>): Promise<Cost> {
  const begin = performance.now();
  const child = spawn('bash', ['-c', `${line}\nstatus=$?; times >&3; exit $status`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    // A group of its own, by which its processes are found.
    detached: true,
  });
  let errors = '';
  let times = '';
  child.stdio[2]?.on('data', (chunk: Buffer) => {
    if (errors.length < 4000) errors += chunk.toString();
  });
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    times += chunk.toString();
  });
  let kibibytes = 0;
  const watch = setInterval(() => {
    kibibytes = Math.max(kibibytes, peakOf(child.pid ?? 0));
  }, interval);
  let wall = 0;
  child.once('exit', () => {
    wall = (performance.now() - begin) / 1000;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(watch);
  if (code !== 0) throw new Error(`${line}\nended with ${String(code)}:\n${errors}`);
  return { wall, cpu: seconds(times), memory: kibibytes / 1024 };
}

/** The second line of `times` is that of the children: `0m1.234s 0m0.567s`. */
function seconds(times: string): number {
  const [, children = ''] = times.trim().split('\n');
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
    0,
  );
}

/**
 * KiB. The kernel keeps the most that a process has had, so what lies between two looks counts; those of processes side
 * by side add up.
 */
function peakOf(group: number): number {
  let kibibytes = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // After the program's name, which may hold spaces: state, parent, group.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      if (Number(fields[2]) !== group) continue;
      kibibytes += Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It ended between the two looks.
    }
  }
  return kibibytes;
}

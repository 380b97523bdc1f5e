/**
 * Reads arguments and environments of all programs that a run starts, whatever their names, while they live (Linux's
 * /proc).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds; programs that end sooner are seen by luck, and the expected ones by `recording-programs.ts`. */
const pause = 10;

export interface ProcessWatch {
  /** The variable by which the run is known. */
  readonly mark: Readonly<Record<string, string>>;
  /** Ends the watch: what was seen, by what it is: `helm 123: environment`. */
  end(): Promise<readonly (readonly [string, string])[]>;
}

const markName = 'CHART_IMAGES_SWEEP';

export function watchProcesses(id: string): ProcessWatch {
  const seen = new Map<string, string>();
  const mark = `${markName}=${id}`;
  let over = false;
  const watching = (async () => {
    while (!over && process.platform === 'linux') {
      for (const child of childrenOf(process.pid)) look(child, mark, 'outside', seen);
      await sleep(pause);
    }
  })();
  return {
    mark: { [markName]: id },
    end: async () => {
      over = true;
      await watching;
      return [...seen];
    },
  };
}

/** Goes down the tree of processes; the program itself, known by its script and its mark, was given the secrets. */
function look(pid: string, mark: string, place: 'outside' | 'below the program', seen: Map<string, string>): void {
  const line = readOf(pid, 'cmdline');
  const isProgram = /(^|[/\0])(index\.js|main\.ts)\0/.test(line);
  const isMarked = isProgram && readOf(pid, 'environ').split('\0').includes(mark);
  // A child that is not yet another program looks like its parent.
  if (place === 'below the program' && !isProgram && line !== '') {
    const name = `${line.split('\0')[0]?.split('/').at(-1)} ${pid}`;
    seen.set(`${name}: arguments`, line);
    // Read after the arguments: it is then that of the same program.
    seen.set(`${name}: environment`, readOf(pid, 'environ'));
  }
  const below = isMarked ? 'below the program' : place;
  for (const child of childrenOf(pid)) look(child, mark, below, seen);
}

function childrenOf(pid: number | string): readonly string[] {
  return listOf(pid, 'task').flatMap((thread) =>
    readOf(pid, `task/${thread}/children`)
      .split(' ')
      .filter((child) => child !== ''),
  );
}

/** Empty of a process that is gone, or another user's. */
function listOf(pid: number | string, folder: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/${folder}`);
  } catch {
    return [];
  }
}

function readOf(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

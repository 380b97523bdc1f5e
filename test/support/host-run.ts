/**
 * What all four ways of starting the bundle have in common: a terminal, the GitHub runner, the Azure agent and act.
 * Each starts it the way that host does and reads back what that host would have understood.
 */
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { oldestNodePath } from '../../scripts/tools.ts';
import type { Annotation } from '../../src/report/model/annotations.ts';

export interface HostRequest {
  /** Path of the node program that runs the bundle. */
  readonly node: string;
  /** By the kebab-case names of the contract; lists with line ends. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The working directory: the checked out repository. */
  readonly work: string;
  /** A private folder for everything else: home, temporary files, tool cache. */
  readonly home: string;
  /** Folders that stand first on the PATH, for example helm's. */
  readonly path?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface HostRun {
  /** As the host judges it. */
  readonly passed: boolean;
  /** The exit code of the process; undefined where the host keeps it to itself. */
  readonly code: number | undefined;
  readonly annotations: readonly Annotation[];
  /** By the kebab-case names of the contract; empty in a terminal, which has none. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The Markdown of the job summary; in a terminal the table. */
  readonly summary: string;
  /** Everything printed, as it was printed. */
  readonly log: string;
}

export type RunOnHost = (request: HostRequest) => Promise<HostRun>;

/** The two ends of the promise: the oldest Node that is supported, and the one that runners bring today. */
export const nodes = [
  { name: 'Node 20', node: oldestNodePath() },
  { name: 'Node 24', node: process.execPath },
] as const;

/** Windows programs do not start without these. */
const windowsNeeds = [
  'SYSTEMROOT',
  'SystemRoot',
  'PATHEXT',
  'COMSPEC',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
];

/** Nothing of the machine that runs the tests but its PATH: it may be a runner itself, with inputs and logins. */
export async function bareEnvironment(request: HostRequest): Promise<Record<string, string>> {
  const temporary = temporaryFolderOf(request);
  await mkdir(temporary, { recursive: true });
  const needed = windowsNeeds.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(needed),
    PATH: [...(request.path ?? []), process.env['PATH'] ?? ''].join(delimiter),
    HOME: request.home,
    USERPROFILE: request.home,
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    ...request.env,
  };
}

/** The system's temporary folder of a run: empty before it, and to be empty after it. */
export function temporaryFolderOf(request: Pick<HostRequest, 'home'>): string {
  return join(request.home, 'tmp');
}

/** A line or column of a command, which travels as text. */
export function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

/** Leaves out what a command did not say. */
export function annotation(
  level: Annotation['level'],
  message: string,
  rest: { title: string; file: string | undefined; line: number | undefined; column: number | undefined },
): Annotation {
  const { title, file, line, column } = rest;
  return {
    level,
    title,
    message,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

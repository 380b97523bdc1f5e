/**
 * Loaded before the bundle (`node --import`): writes down when the run loads a chunk, starts a program and says
 * something, and what it needs to have those programs run again without it. Costs time itself, so no traced run is
 * measured.
 */
import { type ChildProcess, default as processes } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';

/** A program that the run started; files that it was given are copied, because the run takes them away. */
export interface StartedProgram {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface TracedEvent {
  /** Milliseconds since the process began. */
  readonly at: number;
  readonly what: string;
}

export interface Trace {
  readonly programs: readonly StartedProgram[];
  readonly events: readonly TracedEvent[];
}

const folder = process.env['CHART_IMAGES_TRACE'] ?? '.';
const programs: StartedProgram[] = [];
const events: TracedEvent[] = [];
const note = (what: string): void => {
  events.push({ at: performance.now(), what });
};

note('Node is ready');
registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (url.startsWith('file:')) note(`loads ${basename(url)}`);
    return loaded;
  },
});

const { spawn } = processes;
// The one place that stands in for an overloaded function: what is noted is the same in all its forms.
processes.spawn = ((path: string, given: readonly string[], options: { env: Record<string, string> }): ChildProcess => {
  const kept = given.map((text) => {
    const file = text.replace(/^"(.*)"$/, '$1');
    if (!/\.ya?ml$/.test(file) || !existsSync(file)) return text;
    const copy = join(folder, `${programs.length}-${basename(file)}`);
    copyFileSync(file, copy);
    return copy;
  });
  programs.push({ path, arguments: kept, environment: options.env });
  const name = `${basename(path)} ${given[0] ?? ''}`;
  note(`starts ${name}`);
  const child = spawn(path, given, options);
  child.once('close', () => note(`ended: ${name}`));
  return child;
}) as typeof spawn;
syncBuiltinESMExports();

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write;
  // As above.
  stream.write = function (this: typeof stream, ...parts: Parameters<typeof write>): boolean {
    note(`says ${String(parts[0]).trim().slice(0, 60).split('\n')[0]}`);
    return write.apply(this, parts);
  } as typeof write;
}

process.once('exit', () => {
  note('ends');
  writeFileSync(join(folder, 'trace.json'), JSON.stringify({ programs, events } satisfies Trace));
});

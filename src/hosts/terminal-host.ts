import { credentialsVariable } from '../inputs/spelling.ts';
import type { Annotation } from '../report/annotations.ts';
import { annotationLines } from './annotation-lines.ts';
import { readArguments } from './arguments.ts';
import { temporaryFolder, userToolCache } from './folders.ts';
import { type Following, followInTerminal, isWatched } from './follow-in-terminal.ts';
import type { Host } from './host.ts';
import { neutralise, neutraliseColored, neutraliseJson, neutraliseText } from './neutralise.ts';
import { Screen } from './screen.ts';
import type { Surroundings } from './surroundings.ts';

/** Select graphic rendition of ECMA-48. */
const styles = { error: 31, warning: 33, notice: 36, title: 1, debug: 2 } as const;

/**
 * A person's terminal or a script: standard output holds the table or, with `--json`, the report and nothing else. It may be a
 * step of a pipeline too, so what it prints is made as harmless as on the other hosts. Throws what `readArguments` throws.
 */
export function openTerminalHost(surroundings: Surroundings): Host {
  const { inputs: given, json, debug, explainCredentials } = readArguments(surroundings.arguments);
  const { env, attended, writeOut, writeError } = surroundings;
  const inputs = { ...credentialsOf(env), ...given };
  const screen = new Screen();
  // no-color.org: an empty NO_COLOR counts as not set.
  const colours = !env['NO_COLOR'];
  const colour = colours && attended.out ? 'colour' : 'plain';
  let following: Following | undefined;
  const tell = (text: string, style?: keyof typeof styles) => write(screen.lines(text), style);
  const write = (harmless: readonly string[], style?: keyof typeof styles) => {
    const lines = harmless.map((line) => {
      const plain = style === undefined || !colours || !attended.error;
      return plain ? `${line}\n` : `\u001b[${styles[style]}m${line}\u001b[0m\n`;
    });
    const print = () => writeError(lines.join(''));
    if (following?.area) following.area.above(print);
    else print();
  };

  /** Annotations that no table has told yet. */
  let untold: readonly Annotation[] = [];
  let tablePrinted = false;
  const tellUntold = () => {
    for (const annotation of untold) {
      const [head = '', ...message] = annotationLines(screen.annotation(annotation));
      write([head], annotation.level);
      write(message);
    }
    untold = [];
  };

  return {
    name: 'terminal',
    inputs,
    serviceEndpoints: {},
    log: {
      debug: (message) => (debug ? tell(message, 'debug') : undefined),
      info: (message) => tell(message),
      warning: (message) => tell(`warning: ${message}`, 'warning'),
    },
    explainCredentials: (line) => (explainCredentials || debug ? tell(line) : undefined),
    folders: {
      work: surroundings.cwd,
      temporary: temporaryFolder(surroundings.systemTemporary, surroundings),
      toolCache: userToolCache(surroundings),
    },
    reportFolder: undefined,
    secretMask: screen.mask,
    mask: (secret) => {
      screen.hide(secret);
    },
    maskIssued: (token) => {
      screen.hideIssued(token);
    },
    group: async (title, work) => {
      tell(title, 'title');
      return await work();
    },
    follow: async (read, work) => {
      if (!isWatched(surroundings)) return await work();
      const size = () => surroundings.errorSize();
      const own = followInTerminal(read, { write: writeError, size, safe: (line) => screen.line(line) });
      following = own;
      try {
        return await work();
      } finally {
        own.end();
        following = undefined;
      }
    },
    annotate: (annotation) => {
      untold = [...untold, annotation];
    },
    setOutput: () => {},
    writeSummary: async () => {},
    publishTests: async () => {},
    display: { width: surroundings.width, colour },
    print: (face) => {
      if (json) return writeOut(`${neutraliseJson(face.json).trimEnd()}\n`);
      const table = colour === 'colour' ? neutraliseColored(face.table) : neutraliseText(face.table);
      writeOut(`${table.trimEnd()}\n`);
      untold = [];
      tablePrinted = true;
    },
    finish: (exit, reason) => {
      // The work may still be there when an interrupted run ends.
      following?.end();
      const told = tablePrinted && untold.length === 0;
      tellUntold();
      if (exit !== 0 && !told) write(neutralise(reason), 'error');
      surroundings.setExitCode(exit);
    },
  };
}

/** Arguments can be read by every user of the machine, and stay in the shell's history. */
function credentialsOf(env: Surroundings['env']): Readonly<Record<string, string>> {
  const lines = env[credentialsVariable]?.trim() ?? '';
  return lines === '' ? {} : { 'registry-credentials': lines };
}

import { credentialsVariable } from '../inputs/input-names.ts';
import type { Annotation } from '../report/model/annotations.ts';
import {
  escapeWorkflowCommands,
  escapeWorkflowCommandsInJson,
  neutraliseColored,
  neutraliseText,
} from './escape-workflow-commands.ts';
import { annotationLines } from './format-annotation.ts';
import type { Host } from './host.ts';
import { temporaryFolder, userCacheFolder } from './host-folders.ts';
import { OutputFilter } from './output-filter.ts';
import { parseArguments } from './parse-arguments.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { followInTerminal, isInteractive, type ProgressDisplay } from './terminal-progress.ts';

/** Codes of Select Graphic Rendition (ECMA-48). */
const styles = { error: 31, warning: 33, notice: 36, title: 1, debug: 2 } as const;

/**
 * Prints only the table or, with `--json`, the report to standard output. It may run in a pipeline step, so commands in texts
 * are escaped as on the other hosts. Throws the errors of `parseArguments`.
 */
export function createTerminalHost(surroundings: ProcessEnvironment): Host {
  const { inputs: given, json, debug, explainCredentials } = parseArguments(surroundings.arguments);
  const { env, isTTY: attended, writeOut, writeError } = surroundings;
  const inputs = { ...credentialsOf(env), ...given };
  const screen = new OutputFilter();
  // no-color.org: an empty NO_COLOR is ignored.
  const colors = !env['NO_COLOR'];
  const color = colors && attended.out ? 'color' : 'plain';
  let following: ProgressDisplay | undefined;
  const tell = (text: string, style?: keyof typeof styles) => write(screen.lines(text), style);
  const write = (harmless: readonly string[], style?: keyof typeof styles) => {
    const lines = harmless.map((line) => {
      const plain = style === undefined || !colors || !attended.error;
      return plain ? `${line}\n` : `\u001b[${styles[style]}m${line}\u001b[0m\n`;
    });
    const print = () => writeError(lines.join(''));
    if (following?.area) following.area.writeAbove(print);
    else print();
  };

  /** Annotations that the table has not shown. */
  let unreported: readonly Annotation[] = [];
  let tablePrinted = false;
  const printUnreported = () => {
    for (const annotation of unreported) {
      const [head = '', ...message] = annotationLines(screen.annotation(annotation));
      write([head], annotation.level);
      write(message);
    }
    unreported = [];
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
      toolCache: userCacheFolder(surroundings),
    },
    reportFolder: undefined,
    secretMask: screen.mask,
    mask: (secret) => {
      screen.addSecret(secret);
    },
    maskIssued: (token) => {
      screen.hideIssued(token);
    },
    group: async (title, work) => {
      tell(title, 'title');
      return await work();
    },
    withProgress: async (read, work) => {
      if (!isInteractive(surroundings)) return await work();
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
      unreported = [...unreported, annotation];
    },
    setOutput: () => {},
    writeSummary: async () => {},
    publishTests: async () => {},
    display: { width: surroundings.width, color },
    print: (face) => {
      if (json) return writeOut(`${escapeWorkflowCommandsInJson(face.json).trimEnd()}\n`);
      const table = color === 'color' ? neutraliseColored(face.table) : neutraliseText(face.table);
      writeOut(`${table.trimEnd()}\n`);
      unreported = [];
      tablePrinted = true;
    },
    finish: (exit, reason) => {
      // An interrupted run can end while the work still runs.
      following?.end();
      const reported = tablePrinted && unreported.length === 0;
      printUnreported();
      if (exit !== 0 && !reported) write(escapeWorkflowCommands(reason), 'error');
      surroundings.setExitCode(exit);
    },
  };
}

/** A variable, because other users can read arguments, and shells store them in their history. */
function credentialsOf(env: ProcessEnvironment['env']): Readonly<Record<string, string>> {
  const lines = env[credentialsVariable]?.trim() ?? '';
  return lines === '' ? {} : { 'registry-credentials': lines };
}

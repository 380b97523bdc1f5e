import { credentialsVariable } from '../inputs/input-names.ts';
import type { Annotation } from '../report/model/annotations.ts';
import {
  escapeCommandsInColoredText,
  escapeCommandsInText,
  escapeWorkflowCommands,
  escapeWorkflowCommandsInJson,
} from './escape-workflow-commands.ts';
import { formatAnnotation } from './format-annotation.ts';
import type { Host } from './host.ts';
import { temporaryFolder, userCacheFolder } from './host-folders.ts';
import { OutputFilter } from './output-filter.ts';
import { parseArguments } from './parse-arguments.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { repositoryPaths } from './repository-paths.ts';
import { displayProgress, isInteractive, type ProgressDisplay } from './terminal-progress.ts';

/** Codes of Select Graphic Rendition (ECMA-48). */
const styles = { error: 31, warning: 33, notice: 36, title: 1, debug: 2 } as const;

/**
 * Prints only the table or, with `--json`, the report to standard output. It may run in a pipeline step, so commands in
 * texts are escaped as on the other hosts. Throws the errors of `parseArguments`.
 */
export function createTerminalHost(processEnvironment: ProcessEnvironment): Host {
  const { inputs: given, json, debug, explainCredentials } = parseArguments(processEnvironment.arguments);
  const { env, isTTY, writeOut, writeError } = processEnvironment;
  const inputs = { ...credentialsOf(env), ...given };
  const filter = new OutputFilter();
  // no-color.org: an empty NO_COLOR is ignored.
  const colors = !env['NO_COLOR'];
  const color = colors && isTTY.out ? 'color' : 'plain';
  let following: ProgressDisplay | undefined;
  const printText = (text: string, style?: keyof typeof styles) => write(filter.lines(text), style);
  const write = (harmless: readonly string[], style?: keyof typeof styles) => {
    const lines = harmless.map((line) => {
      const plain = style === undefined || !colors || !isTTY.error;
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
      const [head = '', ...message] = formatAnnotation(filter.annotation(annotation));
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
      debug: (message) => (debug ? printText(message, 'debug') : undefined),
      info: (message) => printText(message),
      warning: (message) => printText(`warning: ${message}`, 'warning'),
    },
    explainCredentials: (line) => (explainCredentials || debug ? printText(line) : undefined),
    folders: {
      work: processEnvironment.cwd,
      temporary: temporaryFolder(processEnvironment.systemTemporary, processEnvironment),
      toolCache: userCacheFolder(processEnvironment),
    },
    repositoryPath: repositoryPaths(processEnvironment.cwd),
    reportFolder: undefined,
    printsReport: json,
    secretMask: filter.mask,
    mask: (secret) => {
      filter.addSecret(secret);
    },
    maskIssued: (token) => {
      filter.addIssuedToken(token);
    },
    group: async (title, work) => {
      printText(title, 'title');
      return await work();
    },
    withProgress: async (read, work) => {
      if (!isInteractive(processEnvironment)) return await work();
      const size = () => processEnvironment.errorSize();
      const own = displayProgress(read, { write: writeError, size, safe: (line) => filter.line(line) });
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
    display: { width: processEnvironment.width, color },
    print: (output) => {
      if (json) return writeOut(`${escapeWorkflowCommandsInJson(output.json).trimEnd()}\n`);
      const table = color === 'color' ? escapeCommandsInColoredText(output.table) : escapeCommandsInText(output.table);
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
      processEnvironment.setExitCode(exit);
    },
  };
}

/** A variable, because other users can read arguments, and shells store them in their history. */
function credentialsOf(env: ProcessEnvironment['env']): Readonly<Record<string, string>> {
  const lines = env[credentialsVariable]?.trim() ?? '';
  return lines === '' ? {} : { 'registry-credentials': lines };
}

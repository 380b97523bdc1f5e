import { annotationLines } from './annotation-lines.ts';
import { readArguments } from './arguments.ts';
import { temporaryFolder, userToolCache } from './folders.ts';
import type { Host } from './host.ts';
import { Screen } from './screen.ts';
import type { Surroundings } from './surroundings.ts';

/** SGR codes of ECMA-48. */
const colours = { error: 31, warning: 33, notice: 36, title: 1, debug: 2 } as const;

/**
 * A person's terminal or a script: standard output holds the table or, with `--json`, the report and nothing else. It may be a
 * step of a pipeline too, so what it prints is made as harmless as on the other hosts. Throws what `readArguments` throws.
 */
export function openTerminalHost(surroundings: Surroundings): Host {
  const { inputs, json, debug } = readArguments(surroundings.arguments);
  const { env, writeOut, writeError } = surroundings;
  const screen = new Screen();
  // no-color.org: an empty NO_COLOR counts as not set.
  const coloured = surroundings.attended && !env['NO_COLOR'];
  const paint = (style: keyof typeof colours, text: string) =>
    coloured ? `\u001b[${colours[style]}m${text}\u001b[0m` : text;
  const tell = (text: string, style?: keyof typeof colours) => {
    for (const line of screen.lines(text)) writeError(`${style === undefined ? line : paint(style, line)}\n`);
  };

  return {
    name: 'terminal',
    inputs,
    log: {
      debug: (message) => (debug ? tell(message, 'debug') : undefined),
      info: (message) => tell(message),
      warning: (message) => tell(`warning: ${message}`, 'warning'),
    },
    folders: {
      work: surroundings.cwd,
      temporary: temporaryFolder(surroundings.systemTemporary, surroundings),
      toolCache: userToolCache(surroundings),
    },
    reportFolder: undefined,
    mask: (secret) => {
      screen.hide(secret);
    },
    group: async (title, work) => {
      tell(title, 'title');
      return await work();
    },
    annotate: (annotation) => {
      const [head = '', ...message] = annotationLines(annotation);
      tell(head, annotation.level);
      for (const line of message) tell(line);
    },
    setOutput: () => {},
    writeSummary: async () => {},
    print: (face) => {
      const text = json ? screen.json(face.json) : screen.text(face.table);
      writeOut(text.endsWith('\n') ? text : `${text}\n`);
    },
    finish: (exit, reason) => {
      if (exit !== 0 && reason !== '') tell(reason, 'error');
      surroundings.setExitCode(exit);
    },
  };
}

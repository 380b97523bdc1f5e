/** Starts the bundle as a person or a script does, and reads problems from what they would read. */
import type { Annotation } from '../../src/report/model/annotations.ts';
import { annotation, bareEnvironment, type HostRequest, type HostRun, positive } from './host-run.ts';
import { runProgram } from './program.ts';
import { bundle } from './root.ts';

/** A run as a script sees it, the two streams apart. */
export interface TerminalRun extends HostRun {
  readonly stdout: string;
  readonly stderr: string;
}

export async function runInTerminal(
  request: HostRequest,
  ...switches: readonly ('--json' | '--debug' | '--explain-credentials' | '--help' | '--version')[]
): Promise<TerminalRun> {
  const flags = Object.entries(request.inputs).map(([name, value]) => `--${name}=${value}`);
  const run = await runProgram(request.node, [bundle, ...flags, ...switches], {
    cwd: request.work,
    env: await bareEnvironment(request),
  });
  return {
    passed: run.code === 0,
    code: run.code,
    annotations: [...readTableProblems(run.stdout), ...readCompilerLines(run.stderr)],
    outputs: {},
    summary: run.stdout,
    log: run.output,
    stdout: run.stdout,
    stderr: run.stderr,
  };
}

/**
 * `error absent: …` below the table, with its place in the line titled `at`; the title is the one that runners show.
 */
function readTableProblems(stdout: string): readonly Annotation[] {
  return blocks(stdout, /^(error|warning|notice) ([a-z-]+): (.*)$/).map(({ head, rest }) => {
    const [, level, code = '', message = ''] = head;
    const place = /^ {2}at +(.+?)(?::(\d+))?(?::(\d+))?$/m.exec(rest.join('\n'));
    return annotation(levelOf(level), [message, ...rest].join('\n'), {
      title: `chart-images: ${code}`,
      file: place?.[1],
      line: positive(place?.[2]),
      column: positive(place?.[3]),
    });
  });
}

/** `file:line:column: error: title`, where a run ended before there was a table. */
function readCompilerLines(stderr: string): readonly Annotation[] {
  return blocks(stderr, /^(?:(.+?)(?::(\d+))?(?::(\d+))?: )?(error|notice): (.*)$/).map(({ head, rest }) => {
    const [, file, line, column, level, title = ''] = head;
    return annotation(levelOf(level), rest.map((text) => text.trim()).join('\n'), {
      title,
      file,
      line: positive(line),
      column: positive(column),
    });
  });
}

/** Lines that match, each with the indented lines below it. */
function blocks(text: string, first: RegExp) {
  const found: { readonly head: RegExpExecArray; readonly rest: string[] }[] = [];
  let open: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const head = first.exec(line);
    if (head) {
      open = [];
      found.push({ head, rest: open });
    } else if (line.startsWith('  ')) open?.push(line);
    else open = undefined;
  }
  return found;
}

function levelOf(word: string | undefined): Annotation['level'] {
  return word === 'warning' || word === 'notice' ? word : 'error';
}

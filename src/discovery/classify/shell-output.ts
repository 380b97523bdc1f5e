import { isSentence } from './prose.ts';

/** Characters before a command that are checked for its start. */
const lookBehind = 20;

/** `echo` or `printf` with one quoted text whose output is not redirected or piped. */
const printing = /\b(?:echo|printf)\s+(?:-[a-zA-Z]+\s+)?(?:"([^"]*)"|'([^']*)')(?=\s*(?:1?>&2\s*)?(?:$|;|&&|\|\||\}))/g;

/** The start of a line, an operator, or a keyword that opens a block. Not a subshell, whose output is used. */
const commandStart = /(?:^|[;&|{]|\b(?:then|else|do))\s*$/;

/** A command in double quotes is executed. */
const substitution = /\$\(|`/;

/**
 * Removes sentences that a script prints for people: `echo "see r.example/app:1.0 for more"` uses no image. Keeps text
 * that is written to a file, piped or captured, and text that is not mostly words.
 */
export function stripPrintedText(line: string): string {
  if (!/\b(?:echo|printf)\b/.test(line)) return line;
  return line.replace(printing, (command, double: string | undefined, single: string | undefined, at: number) => {
    const before = line.slice(Math.max(0, at - lookBehind), at);
    if (double !== undefined && substitution.test(double)) return command;
    return commandStart.test(before) && isSentence(double ?? single ?? '') ? '' : command;
  });
}

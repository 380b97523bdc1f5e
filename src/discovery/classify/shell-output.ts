/** Longer words before a command are no part of one. */
const farthestBack = 20;

/** What `echo` and `printf` print to the terminal or the log: one quoted text, and nothing behind it that takes it elsewhere. */
const printing = /\b(?:echo|printf)\s+(?:-[a-zA-Z]+\s+)?(?:"([^"]*)"|'([^']*)')(?=\s*(?:1?>&2\s*)?(?:$|;|&&|\|\||\}))/g;

/** Where a command begins: at the start, behind an operator, behind a word that opens a block. A subshell hands its output on. */
const commandStart = /(?:^|[;&|{]|\b(?:then|else|do))\s*$/;

/** A command within double quotes is run, whatever becomes of what it prints. */
const substitution = /\$\(|`/;

/**
 * A line of a script without the sentences that it prints for people: `echo "see r.example/app:1.0 for more"` uses no image. What is
 * written to a file, given to a program or captured stays, and so does a text that is not mostly words.
 */
export function stripPrintedText(line: string): string {
  if (!/\b(?:echo|printf)\b/.test(line)) return line;
  return line.replace(printing, (command, double: string | undefined, single: string | undefined, at: number) => {
    const before = line.slice(Math.max(0, at - farthestBack), at);
    if (double !== undefined && substitution.test(double)) return command;
    return commandStart.test(before) && isSentence(double ?? single ?? '') ? '' : command;
  });
}

const plainWord = /^[A-Za-z][A-Za-z'’-]*[.,:;!?]?$/;

/** One word is a label (`Image: r.example/app:1.0`); two that outnumber the rest are prose. */
function isSentence(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const plain = words.filter((word) => plainWord.test(word));
  return plain.length >= 2 && plain.length * 2 > words.length;
}

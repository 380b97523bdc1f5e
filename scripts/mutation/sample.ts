/** A random part of some sources: the score of a whole folder without a night of mutants. */
import { readFile } from 'node:fs/promises';

/** Lines from 1, both included. */
export interface Lines {
  readonly from: number;
  readonly to: number;
}

/**
 * Ranges for Stryker's `mutate` (`src/a.ts:3-9`): each declaration of the files is taken with the probability `share`
 * (0 to 1). A mutant lies within exactly one declaration, so each is equally likely to be tried.
 */
export async function sampleOf(
  files: readonly string[],
  share: number,
  random: () => number,
): Promise<readonly string[]> {
  const ranges: string[] = [];
  for (const file of files) {
    for (const { from, to } of declarationsOf(await readFile(file, 'utf8'))) {
      if (random() < share) ranges.push(`${file}:${from}-${to}`);
    }
  }
  return ranges;
}

/**
 * The declarations of a source as the formatter leaves it: top-level statements, and the members of a class, with a
 * blank line between them. Statements without a blank line between them are one.
 */
export function declarationsOf(text: string): readonly Lines[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) => (startsDeclaration(lines, line, index) ? [index] : []));
  return starts.map((start, index) => ({ from: start + 1, to: starts[index + 1] ?? lines.length }));
}

function startsDeclaration(lines: readonly string[], line: string, index: number): boolean {
  if (index === 0) return true;
  if (lines[index - 1] !== '' || line === '') return false;
  return /^\S/.test(line) || (/^ {2}\S/.test(line) && isInClass(lines, index));
}

/** The last line that begins at the margin is the head of a class. */
function isInClass(lines: readonly string[], index: number): boolean {
  return /^(export )?(abstract )?class /.test(lines.slice(0, index).findLast((line) => /^\S/.test(line)) ?? '');
}

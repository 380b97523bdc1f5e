import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

const columns = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError', 'Ignored'] as const;

/** No test noticed it. */
export function isLost({ status }: MutantResult): boolean {
  return status === 'Survived' || status === 'NoCoverage';
}

/** The first results, each replaced by what other tests made of the same change. */
export function withSecondLook(
  first: readonly MutantResult[],
  second: readonly MutantResult[],
): readonly MutantResult[] {
  const again = new Map(second.map((mutant) => [identityOf(mutant), mutant]));
  return first.map((mutant) => (isLost(mutant) ? (again.get(identityOf(mutant)) ?? mutant) : mutant));
}

function identityOf({ fileName, location, mutatorName, replacement }: MutantResult): string {
  return JSON.stringify([fileName, location, mutatorName, replacement]);
}

/** One row for each file and one for all of them, and each mutant that no test noticed. */
export function tableOfScores(name: string, mutants: readonly MutantResult[]): string {
  const files = [...new Set(mutants.map(({ fileName }) => fileName))].sort();
  return [
    ['file', 'mutants', ...columns, 'score'],
    ...files.map((file) =>
      row(
        shown(file),
        mutants.filter(({ fileName }) => fileName === file),
      ),
    ),
    row(`all of ${name}`, mutants),
    ...mutants.filter(isLost).map((mutant) => [describe(mutant)]),
  ]
    .map((cells) => cells.join('\t'))
    .join('\n');
}

/** The score is the share of noticed changes among those that were tried. */
function row(name: string, mutants: readonly MutantResult[]): readonly (string | number)[] {
  const counts = columns.map((column) => mutants.filter(({ status }) => status === column).length);
  const [killed = 0, timeout = 0, survived = 0, uncovered = 0] = counts;
  const tried = killed + timeout + survived + uncovered;
  const score = tried === 0 ? '-' : `${((100 * (killed + timeout)) / tried).toFixed(1)} %`;
  return [name, mutants.length, ...counts, score];
}

function describe({ fileName, location, status, mutatorName, replacement }: MutantResult): string {
  const { line, column } = location.start;
  const text = (replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 60);
  return `${shown(fileName)}:${line}:${column} ${status} ${mutatorName} -> ${text}`;
}

function shown(fileName: string): string {
  return relative(process.cwd(), fileName);
}

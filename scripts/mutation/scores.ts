import type { MutantResult } from '@stryker-mutator/api/core';

const columns = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError', 'Ignored'] as const;

/** One row for each file and one for all of them, and each mutant that no test noticed. */
export function tableOfScores(name: string, mutants: readonly MutantResult[]): string {
  const files = [...new Set(mutants.map(({ fileName }) => fileName))].sort();
  const rows = files.map((file) => row(file, mutants.filter(({ fileName }) => fileName === file)));
  const lost = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  return [
    ['', 'mutants', ...columns.map((column) => column.toLowerCase()), 'score'].join('\t'),
    ...rows,
    row(`all of ${name}`, mutants),
    ...lost.map(describe),
  ].join('\n');
}

function row(name: string, mutants: readonly MutantResult[]): string {
  const counts = columns.map((column) => mutants.filter(({ status }) => status === column).length);
  const [killed = 0, timeout = 0, survived = 0, uncovered = 0] = counts;
  const valid = killed + timeout + survived + uncovered;
  const score = valid === 0 ? '-' : `${((100 * (killed + timeout)) / valid).toFixed(1)} %`;
  return [name, mutants.length, ...counts, score].join('\t');
}

function describe({ fileName, location, status, mutatorName, replacement }: MutantResult): string {
  const { line, column } = location.start;
  const text = (replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 60);
  return `${fileName}:${line}:${column + 1} ${status} ${mutatorName} -> ${text}`;
}

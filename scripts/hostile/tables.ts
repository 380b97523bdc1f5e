import { mostMemory, type Tally } from './campaign.ts';
import { faults } from './judge.ts';

/** One line for each kind and one of all: inputs, what must be 0, time, memory. */
export function totalsTable(tallies: readonly Tally[]): string {
  const rows = tallies.map((tally) => [
    tally.kind,
    String(tally.inputs),
    ...faults.map((what) => String(tally.failures.filter((failure) => failure.what === what).length)),
    `${(tally.slowest / 1000).toFixed(1)} s`,
    `${Math.round(tally.memory / 2 ** 20)} MiB`,
  ]);
  const sums = faults.map(
    (what) => tallies.flatMap(({ failures }) => failures).filter((failure) => failure.what === what).length,
  );
  const all = [
    'all',
    String(tallies.reduce((sum, { inputs }) => sum + inputs, 0)),
    ...sums.map(String),
    `${(Math.max(...tallies.map(({ slowest }) => slowest)) / 1000).toFixed(1)} s`,
    `${Math.round(Math.max(...tallies.map(({ memory }) => memory)) / 2 ** 20)} MiB`,
  ];
  return aligned([['kind', 'inputs', ...faults, 'slowest', 'memory'], ...rows, all]);
}

/** How often each outcome was, most first. */
export function outcomesTable(tallies: readonly Tally[]): string {
  return tallies
    .map(({ kind, outcomes }) => {
      const sorted = [...outcomes].sort(([, one], [, other]) => other - one);
      return `${kind}: ${sorted.map(([outcome, times]) => `${outcome} ${times}`).join(', ')}`;
    })
    .join('\n');
}

export const bounds = `Bounds: 20 s for an input, ${mostMemory / 2 ** 20} MiB for a process.`;

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

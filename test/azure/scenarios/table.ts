/** Which scenario came to its end in which way, as a table that a person reads in the output of the tests. */
import { ways } from './scenario.ts';

/** By scenario and way. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, 'passed' | 'failed'>>;

const signs = { passed: '✓', failed: '✗' } as const;

/**
 * A way that a scenario does not have (a service connection in a terminal), or that only `npm run test:all` takes, is
 * a dash.
 */
export function tableOf(title: string, results: Results): string {
  const widest = Math.max(title.length, ...[...results.keys()].map((name) => name.length));
  const line = (first: string, cells: readonly string[]) =>
    [first.padEnd(widest), ...cells.map((cell, index) => cell.padEnd(ways[index]?.length ?? 0))].join('  ').trimEnd();
  const rows = [...results].map(([name, byWay]) =>
    line(
      name,
      ways.map((way) => {
        const result = byWay.get(way);
        return result === undefined ? '–' : signs[result];
      }),
    ),
  );
  return `\n${[line(title, ways), ...rows].join('\n')}\n`;
}

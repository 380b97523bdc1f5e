import { ChartImagesError, throwAll } from '../core/errors.ts';
import type { HelmPackage } from './cnf-schema.ts';
import { didYouMean } from './did-you-mean.ts';
import { quote } from './input-errors.ts';
import type { ParsedFile } from './parsed-file.ts';

/**
 * AOSM installs packages in the order of `depends_on`. The order does not matter for images, but unknown names and
 * cycles make the file invalid. Throws `schema`, at the entry.
 */
export function checkDependencies(packages: readonly HelmPackage[], document: ParsedFile): void {
  const names = packages.map(({ name }) => name);
  const errors: ChartImagesError[] = [];
  for (const [index, { name, depends_on = [] }] of packages.entries()) {
    for (const [position, wanted] of depends_on.entries()) {
      const location = document.locationOf(['helm_packages', index, 'depends_on', position]);
      const circle = names.includes(wanted) ? findCycle(wanted, name, packages) : undefined;
      if (!names.includes(wanted)) {
        errors.push(
          new ChartImagesError(
            'schema',
            `Helm package ${quote(name)} depends on ${quote(wanted)}, which is not a package of the file.`,
            {
              advice: `The packages are ${names.map(quote).join(', ')}.${didYouMean(wanted, names)}`,
              location,
            },
          ),
        );
      } else if (circle !== undefined) {
        errors.push(
          new ChartImagesError(
            'schema',
            `Helm packages depend on each other in a cycle: ${[name, ...circle].join(' → ')}.`,
            {
              advice: 'Remove one of these depends_on entries.',
              location,
            },
          ),
        );
      }
    }
  }
  throwAll(errors);
}

/** The packages on a path along `depends_on`, including both ends. */
function findCycle(from: string, to: string, packages: readonly HelmPackage[]): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[from]];
  const seen = new Set([from]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1);
    if (last === to) return way;
    const next = packages.filter(({ name }) => name === last).flatMap(({ depends_on = [] }) => depends_on);
    for (const name of next) {
      if (seen.has(name)) continue;
      seen.add(name);
      ways.push([...way, name]);
    }
  }
  return undefined;
}

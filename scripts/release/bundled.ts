/** Which packages the bundle contains, as its list of licenses says it. */

/** One entry of package-lock.json; npm marks what only the tools of this repository need. */
interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

export interface Lock {
  /** By path: `node_modules/a`, `node_modules/a/node_modules/b`. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** `name version` of every package in the bundle, sorted, from the text of `dist/licenses.txt`. */
export function bundledIn(licenses: string): readonly string[] {
  const found: string[] = [];
  let isHeading = true;
  for (const line of licenses.split(/\r?\n/)) {
    isHeading = line === '' || (isHeading && /^\S+ \d+\.\d+\.\d+\S*$/.test(line));
    if (isHeading && line !== '') found.push(line);
  }
  return [...new Set(found)].sort();
}

/** `name version` of every package that the dependencies of package.json bring, whatever of them is bundled. */
export function productionIn({ packages }: Lock): ReadonlySet<string> {
  const entries = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional,
  );
  return new Set(entries.map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')} ${version}`));
}

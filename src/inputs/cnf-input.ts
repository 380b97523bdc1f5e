import { dirname, isAbsolute } from 'node:path';
import { ChartImagesError, type SourceLocation } from '../core/errors.ts';
import {
  type Boundary,
  boundaryOf,
  findBoundary,
  resolveReferencedPath,
  resolveTypedPath,
} from '../core/files/boundary.ts';
import { displayPath, isInside } from '../core/files/display-path.ts';
import { pathOnDisk } from '../core/files/path-below.ts';
import { absolutePath } from '../core/files/path-spelling.ts';
import type { ChartRequest } from '../helm/charts/chart.ts';
import type { ChartList } from './chart-list.ts';
import { checkDependencies } from './cnf-dependencies.ts';
import { type CnfInput, cnfInputSchema, type HelmPackage } from './cnf-schema.ts';
import { readCnfSources } from './cnf-sources.ts';
import { readCnfStore } from './cnf-store.ts';
import { ErrorCollector } from './input-errors.ts';
import { readInputFile } from './input-file.ts';
import { parseJsonc } from './jsonc.ts';
import type { ParsedFile } from './parsed-file.ts';
import { existingPath, folderOf, pathInside } from './paths.ts';
import { checkSchema } from './schema-errors.ts';

/**
 * Reads AOSM's cnf-input.jsonc. Relative paths start at the working directory, as in az aosm, else at the file's
 * folder. `default_values` is an additional values file, despite the comment in generated files: az aosm runs `helm
 * template NAME CHART --values FILE` (helm_chart_input.py, `validate_template`).
 */
export async function readCnfInput(path: string, workFolder: string, given?: Boundary): Promise<ChartList> {
  const file = await pathOnDisk(absolutePath(path, workFolder), workFolder);
  const shown = displayPath(file, workFolder);
  const boundary = given ?? (await findBoundary(workFolder));
  const typed = { folders: [workFolder], label: 'The input file', location: { file: shown } };
  const resolved = await pathInside(path, { ...typed, resolvePath: (each) => resolveTypedPath(each, boundary) });
  const { input, document } = parseCnfInput(await readInputFile(resolved, 'The input file', shown), shown);
  const issues = new ErrorCollector();
  const sources = await issues.keep(() => readCnfSources(input, document), { sources: [], warnings: [] });
  await issues.keep(() => checkDependencies(input.helm_packages, document), undefined);
  const paths = await basesOf(workFolder, dirname(file), boundary);
  const charts: ChartRequest[] = [];
  for (const [index, helmPackage] of input.helm_packages.entries()) {
    const chart = await issues.keep(() => chartOf(helmPackage, index, paths, document), undefined);
    if (chart !== undefined) charts.push(chart);
  }
  issues.throwIfAny();
  const named = input.helm_packages.flatMap((entry) => [entry.path_to_chart, valuesOf(entry)]);
  return {
    charts,
    sources: sources.sources,
    artifactStore: () => readCnfStore(input, document),
    warnings: [...sources.warnings, ...(await whereFound(named, paths, shown))],
  };
}

/** A folder where relative paths start, and the boundary for these paths. */
interface PathBase {
  readonly folder: string;
  readonly within: Boundary;
}

/**
 * In order of precedence. Paths in a file of the checkout must stay in that checkout. A file outside it, which the user
 * typed, can refer to the checkout of the run and to its own folder.
 */
async function basesOf(workFolder: string, fileFolder: string, boundary: Boundary): Promise<readonly PathBase[]> {
  const within = await boundaryOf(fileFolder, boundary);
  const isOfRun = isInside(within.realTop, boundary.realTop);
  if (fileFolder === workFolder) return [{ folder: workFolder, within }];
  return [
    { folder: workFolder, within: isOfRun ? within : boundary },
    { folder: fileFolder, within },
  ];
}

/** The first base in which the path exists. */
async function baseOf(path: string, bases: readonly PathBase[]): Promise<PathBase | undefined> {
  for (const base of bases) {
    const found = await folderOf(path, [base.folder], (each) => resolveReferencedPath(each, base.within));
    if (found !== undefined) return base;
  }
  return undefined;
}

/** Parses a cnf-input file. Throws `syntax` and `schema`; `displayPath` is the path in messages and locations. */
export function parseCnfInput(text: string, displayPath: string): CnfDocument {
  const document = parseJsonc(text, displayPath);
  return { input: checkSchema(cnfInputSchema, document), document };
}

export interface CnfDocument {
  readonly input: CnfInput;
  readonly document: ParsedFile;
}

/** `path_to_mappings` is the older name of `default_values`; generated files leave both empty. */
function valuesOf({ default_values, path_to_mappings }: HelmPackage): string {
  return default_values || path_to_mappings || '';
}

async function chartOf(
  helmPackage: HelmPackage,
  index: number,
  bases: readonly PathBase[],
  document: ParsedFile,
): Promise<ChartRequest> {
  const at = (key: string): SourceLocation => document.locationOf(['helm_packages', index, key]);
  const { default_values, path_to_mappings } = helmPackage;
  if (default_values && path_to_mappings && default_values !== path_to_mappings) {
    throw new ChartImagesError('schema', `Helm package "${helmPackage.name}" has two different values files.`, {
      advice: 'Keep default_values and remove path_to_mappings, its older name.',
      location: at('path_to_mappings'),
    });
  }
  const values = valuesOf(helmPackage);
  const location = at(default_values ? 'default_values' : 'path_to_mappings');
  const valuesFrom = await startOf(values, bases);
  const resolvePath = (path: string) => resolveReferencedPath(path, valuesFrom.within);
  const named = { folders: valuesFrom.folders, resolvePath: resolvePath, label: 'The values file', location: location };
  const { folders, within } = await startOf(helmPackage.path_to_chart, bases);
  // A missing values file does not hide the other charts.
  const files = new ErrorCollector();
  const valueFiles = values === '' ? [] : [await files.keep(() => existingPath(values, named), values)];
  const { errors } = files;
  return {
    location: helmPackage.path_to_chart,
    baseFolders: folders,
    valueSets: [{ name: 'default', valueFiles, set: [] }],
    valuesIn: 'input-file',
    declaredAt: at('path_to_chart'),
    within,
    ...(errors.length > 0 && { errors }),
  };
}

/** The base in which a path exists, else all of them, for the error. */
async function startOf(path: string, bases: readonly PathBase[]) {
  const [first] = bases;
  const found = await baseOf(path, bases);
  if (first === undefined) throw new Error('a run has a folder');
  return {
    folders: found === undefined ? bases.map(({ folder }) => folder) : [found.folder],
    within: (found ?? first).within,
  };
}

/** If there are two bases, one sentence for each in which relative paths were found. */
async function whereFound(
  paths: readonly string[],
  bases: readonly PathBase[],
  displayPath: string,
): Promise<readonly string[]> {
  if (bases.length < 2) return [];
  const found = new Map<string, string[]>();
  for (const path of new Set(paths)) {
    if (path === '' || isAbsolute(path)) continue;
    const base = await baseOf(path, bases);
    if (base !== undefined) found.set(base.folder, [...(found.get(base.folder) ?? []), path]);
  }
  return [...found].map(([folder, names]) => {
    const where =
      folder === bases[0]?.folder ? 'in the working directory' : 'next to the file, not in the working directory';
    return `${displayPath}: ${names.join(', ')} found ${where}.`;
  });
}

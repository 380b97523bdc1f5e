import { dirname } from 'node:path';
import { ChartImagesError } from '../core/errors.ts';
import {
  type Boundary,
  boundaryOf,
  findBoundary,
  type ResolvePath,
  resolveReferencedPath,
  resolveTypedPath,
} from '../core/files/boundary.ts';
import { displayPath } from '../core/files/display-path.ts';
import { pathOnDisk } from '../core/files/path-below.ts';
import { absolutePath } from '../core/files/path-spelling.ts';
import { noPolicy } from '../discovery/policy/policy.ts';
import type { ChartRequest, SetSource, ValueSet } from '../helm/charts/chart.ts';
import type { ChartList } from './chart-list.ts';
import { type ConfigRules, parseConfig, readConfigRules } from './config-document.ts';
import type { ConfigChart } from './config-schema.ts';
import { ErrorCollector, quote } from './input-errors.ts';
import { readInputFile } from './input-file.ts';
import type { DocumentPath, ParsedFile } from './parsed-file.ts';
import { existingPath, pathInside } from './paths.ts';

/** Reads chart-images.yaml. Relative paths start at the folder of the file, independent of the work folder. */
export async function readConfig(path: string, workFolder: string, given?: Boundary): Promise<ChartList> {
  const file = await pathOnDisk(absolutePath(path, workFolder), workFolder);
  const shown = displayPath(file, workFolder);
  const boundary = given ?? (await findBoundary(workFolder));
  const typed = { folders: [workFolder], label: 'The configuration', location: { file: shown } };
  const resolved = await pathInside(path, { ...typed, resolvePath: (each) => resolveTypedPath(each, boundary) });
  const parsed = await parseConfig(await readInputFile(resolved, 'The configuration', shown), shown);
  const { config, document } = parsed;
  const issues = new ErrorCollector();
  const rules = await issues.keep(() => readConfigRules(parsed), noRules);
  const folder = dirname(file);
  const within = await boundaryOf(folder, boundary);
  const paths: ConfigPaths = { folder, resolvePath: (each) => resolveReferencedPath(each, within) };
  const charts: ChartRequest[] = [];
  for (const [index, chart] of (config.charts ?? []).entries()) {
    const at: DocumentPath = ['charts', index];
    // A missing values file does not hide the other charts.
    const files = new ErrorCollector();
    const valueSets = await issues.keep(() => readValueSets(chart, paths, document, at, files), []);
    const location = document.locationOf([...at, 'chart']);
    const { errors } = files;
    const request: ChartRequest = {
      location: chart.chart,
      baseFolders: [folder],
      valueSets,
      declaredAt: location,
      within,
    };
    charts.push({ ...request, valuesIn: 'configuration', ...(errors.length > 0 && { errors }) });
  }
  issues.throwIfAny();
  return { charts, ...rules, warnings: [] };
}

interface ConfigPaths {
  /** Relative paths start here. */
  readonly folder: string;
  readonly resolvePath: ResolvePath;
}

const noRules: ConfigRules = { sources: undefined, policy: noPolicy, inputs: {} };

/** Each set follows the values of the chart. Without sets, there is one named `default`. */
async function readValueSets(
  chart: ConfigChart,
  { folder, resolvePath }: ConfigPaths,
  document: ParsedFile,
  at: DocumentPath,
  missing: ErrorCollector,
): Promise<readonly ValueSet[]> {
  const issues = new ErrorCollector();
  const filesOf = async (paths: readonly string[], path: DocumentPath) => {
    const files: string[] = [];
    for (const [index, values] of paths.entries()) {
      const location = document.locationOf([...path, 'values', index]);
      const named = { folders: [folder], resolvePath: resolvePath, label: 'The values file', location: location };
      files.push(await missing.keep(() => existingPath(values, named), values));
    }
    return files;
  };
  const ownFiles = await filesOf(chart.values ?? [], at);
  const ownSet = readSet(chart.set, [...at, 'set'], document);
  const sets: ValueSet[] = [];
  for (const [index, { name, values = [], set }] of (chart.valueSets ?? []).entries()) {
    const path: DocumentPath = [...at, 'valueSets', index];
    if (sets.some((known) => known.name === name)) issues.add(sameName(name, [...path, 'name'], document));
    const files = await filesOf(values, path);
    const all = [...ownSet, ...readSet(set, [...path, 'set'], document)];
    sets.push({ name, valueFiles: [...ownFiles, ...files], ...setOf(all) });
  }
  issues.throwIfAny();
  return sets.length > 0 ? sets : [{ name: 'default', valueFiles: ownFiles, ...setOf(ownSet) }];
}

function sameName(name: string, path: DocumentPath, document: ParsedFile): ChartImagesError {
  const location = document.locationOf(path);
  return new ChartImagesError('schema', `${location.file} has two value sets named ${quote(name)} for one chart.`, {
    advice: 'Give each value set of a chart a unique name.',
    location,
  });
}

/**
 * `key=value` strings are used unchanged. Values of the object form are literal, so syntax of helm is escaped
 * (pkg/strvals: comma and backslash anywhere, a brace at the start).
 */
function readSet(set: ConfigChart['set'], at: DocumentPath, document: ParsedFile): readonly SetEntry[] {
  if (set === undefined) return [];
  if (Array.isArray(set))
    return set.map((text, index) => ({ text, source: { location: document.locationOf([...at, index]) } }));
  return Object.entries(set).map(([key, value]) => {
    const path = [...at, key];
    const unquoted = typeof value === 'string' || value === null ? undefined : document.unquotedAt(path);
    const source = { location: document.locationOf(path), ...(unquoted !== undefined && { unquoted }) };
    return { text: `${key}=${escapeValue(String(value))}`, source };
  });
}

interface SetEntry {
  readonly text: string;
  readonly source: SetSource;
}

function setOf(entries: readonly SetEntry[]): Pick<ValueSet, 'set' | 'setSources'> {
  return {
    set: entries.map(({ text }) => text),
    ...(entries.length > 0 && { setSources: entries.map(({ source }) => source) }),
  };
}

function escapeValue(value: string): string {
  return value.replace(/[\\,]/g, '\\$&').replace(/^\{/, '\\{');
}

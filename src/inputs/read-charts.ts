import { join } from 'node:path';
import { ChartImagesError, throwAll } from '../core/errors.ts';
import { type Boundary, resolveTypedPath } from '../core/files/boundary.ts';
import { exists } from '../core/files/exists.ts';
import type { ChartRequest } from '../helm/charts/chart.ts';
import type { ChartList } from './chart-list.ts';
import { ErrorCollector } from './input-errors.ts';
import { existingPath } from './paths.ts';
import { inputValue, type RawInputs } from './raw-inputs.ts';
import { splitLines } from './read-value.ts';

/** Default of `config`. */
export const defaultConfig = 'chart-images.yaml';

/** Value of `config` for no file. For a file of this name, users write `./none`. */
export const noConfig = 'none';

const nothing: ChartList = { charts: [], sources: undefined, warnings: [] };

/**
 * The charts of `input-file`, then those of `charts`; if there are none, those of the configuration. Sources are those
 * of `input-file`, else of the configuration. `set` overrides the values of every chart. Throws all errors together.
 */
export async function readCharts(raw: RawInputs, workFolder: string, boundary: Boundary): Promise<ChartList> {
  const issues = new ErrorCollector();
  const inputFile = await issues.keep(() => readInputFile(raw, workFolder, boundary), nothing);
  const config = await issues.keep(() => readConfiguration(raw, workFolder, boundary), nothing);
  const set = await issues.keep(() => readSet(inputValue(raw, 'set') ?? ''), []);
  const given = await issues.keep(() => readChartList(raw, workFolder, boundary), []);
  issues.throwIfAny();
  const named = [...inputFile.charts, ...given];
  const hasPattern = namesPattern(raw);
  const charts = await chartsOf(named, config.charts, { workFolder, hasPattern });
  const passedOver = named.some(isNamed) && config.charts.length > 0;
  return {
    charts: charts.map((chart) => withSet(chart, set)),
    sources: inputFile.sources ?? config.sources,
    artifactStore: inputFile.artifactStore,
    policy: config.policy,
    inputs: config.inputs,
    warnings: [
      ...inputFile.warnings,
      ...config.warnings,
      ...(passedOver
        ? [hasPattern ? onlyOverrides : 'The charts of the configuration are not used because inputs specify others.']
        : []),
    ],
  };
}

const onlyOverrides =
  'Of the charts of the configuration, only entries for charts that a pattern of the input charts matches are used.';

/** Whether the input `charts` has a pattern, whose matches can have entries in the configuration. */
export function namesPattern(raw: RawInputs): boolean {
  return splitLines(inputValue(raw, 'charts') ?? '').some((line) => !line.startsWith('!') && /[*?[{(]/.test(line));
}

/** Folders that are tried if no chart is named. A chart's own charts/ has its subcharts. */
const defaultLocations = [
  { location: '.', file: 'Chart.yaml' },
  { location: 'charts/*', file: 'charts' },
] as const;

/** Not an exclusion. */
const isNamed = ({ location }: ChartRequest): boolean => !location.startsWith('!');

async function chartsOf(
  named: readonly ChartRequest[],
  configured: readonly ChartRequest[],
  { workFolder, hasPattern }: { readonly workFolder: string; readonly hasPattern: boolean },
): Promise<readonly ChartRequest[]> {
  if (named.some(isNamed)) {
    const overrides = (hasPattern ? configured : [])
      .filter(isNamed)
      .map((chart) => ({ ...chart, role: 'override' as const }));
    return [...named, ...overrides];
  }
  if (configured.some(isNamed)) return [...configured, ...named];
  for (const { location, file } of defaultLocations) {
    if (!(await exists(join(workFolder, file)))) continue;
    const valueSets = [{ name: 'default', valueFiles: [], set: [] }];
    return [{ location, baseFolders: [workFolder], valueSets, declaredAt: undefined }, ...configured, ...named];
  }
  throw noCharts();
}

async function readInputFile(raw: RawInputs, workFolder: string, boundary: Boundary): Promise<ChartList> {
  const path = inputValue(raw, 'input-file');
  if (path === undefined) return nothing;
  const { readCnfInput } = await import('./cnf-input.ts');
  return readCnfInput(path, workFolder, boundary);
}

async function readConfiguration(raw: RawInputs, workFolder: string, boundary: Boundary): Promise<ChartList> {
  const given = inputValue(raw, 'config');
  if (given === noConfig) return nothing;
  if (given === undefined && !(await exists(join(workFolder, defaultConfig)))) return nothing;
  const { readConfig } = await import('./config.ts');
  return readConfig(given ?? defaultConfig, workFolder, boundary);
}

async function readChartList(raw: RawInputs, workFolder: string, boundary: Boundary): Promise<readonly ChartRequest[]> {
  const locations = splitLines(inputValue(raw, 'charts') ?? '');
  const values = splitLines(inputValue(raw, 'values') ?? '');
  if (values.length > 0 && locations.length === 0) {
    throw new ChartImagesError('missing-input', 'Input "values" requires "charts".', {
      advice: 'For charts of input-file, set default_values. For charts of the configuration, set values there.',
    });
  }
  const issues = new ErrorCollector();
  const valueFiles: string[] = [];
  const resolvePath = (path: string) => resolveTypedPath(path, boundary);
  const typed = { folders: [workFolder], resolvePath, label: 'The values file', location: undefined };
  for (const path of values) {
    valueFiles.push(await issues.keep(() => existingPath(path, typed), path));
  }
  issues.throwIfAny();
  return locations.map((location) => ({
    location,
    baseFolders: [workFolder],
    valueSets: [{ name: 'default', valueFiles, set: [] }],
    declaredAt: undefined,
  }));
}

/** Errors contain only the line number, because the value can be a secret. */
function readSet(value: string): readonly string[] {
  const lines = splitLines(value);
  throwAll(
    lines.flatMap((line, index) =>
      /^[^=]+=/.test(line)
        ? []
        : [
            new ChartImagesError(
              'invalid-input',
              `Entry ${index + 1} of the input "set" is not of the form key=value.`,
              {
                advice: 'Write one key=value on each line, for example image.tag=1.2.3.',
              },
            ),
          ],
    ),
  );
  return lines;
}

function withSet(chart: ChartRequest, set: readonly string[]): ChartRequest {
  if (set.length === 0) return chart;
  return { ...chart, valueSets: chart.valueSets.map((each) => ({ ...each, set: [...each.set, ...set] })) };
}

function noCharts(): ChartImagesError {
  return new ChartImagesError('missing-input', 'No chart is specified.', {
    advice:
      'Set charts (for example charts/*) or input-file (cnf-input.jsonc), or list charts in chart-images.yaml. Neither the working directory nor charts/* has a chart.',
  });
}

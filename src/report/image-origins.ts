import type { RenderingOrigins, UseOrigin } from '../origins/origin.ts';
import { originParts } from '../origins/origin-parts.ts';
import type { RegistryValues as FoundRegistryValues } from '../origins/registry-values.ts';
import type { ImageOrigin, ReferencePart, RegistryValues, ValueOrigin } from './origin.ts';

interface Told {
  readonly origin: Pick<ImageOrigin, 'image' | 'chartPath'>;
  readonly values: ValueOrigin[];
  readonly uses: UseOrigin[];
}

/** The values behind each image, chart by chart, in the order of the renderings; value sets of one chart are told together. */
export function imageOrigins(origins: readonly Pick<RenderingOrigins, 'uses'>[]): readonly ImageOrigin[] {
  const told = new Map<string, Told>();
  for (const use of origins.flatMap(({ uses }) => uses)) {
    const { image, chartPath } = use.use;
    const key = JSON.stringify([image, chartPath]);
    const known = told.get(key) ?? { origin: { image, chartPath }, values: [], uses: [] };
    told.set(key, known);
    known.uses.push(use);
    for (const value of valuesOf(use)) addValue(known.values, value);
  }
  return [...told.values()].map(({ origin, values, uses }) => ({
    ...origin,
    values,
    ...(uses.some(isVersionBySet) && { versionBySet: true }),
  }));
}

/** What AOSM's `registryValuesPaths` wants, chart by chart. */
export function registryValuesOf(found: readonly FoundRegistryValues[]): readonly RegistryValues[] {
  const byChart = new Map<string, Set<string>>();
  for (const { rendering, paths } of found) {
    const { displayPath } = rendering.chart;
    byChart.set(displayPath, new Set([...(byChart.get(displayPath) ?? []), ...paths]));
  }
  return [...byChart].map(([chartPath, paths]) => ({ chartPath, paths: [...paths] }));
}

function isVersionBySet(origin: UseOrigin): boolean {
  return originParts(origin).some(
    ({ part, sources }) =>
      (part === 'tag' || part === 'digest') &&
      sources.some((source) => source.from === 'value' && source.file === undefined),
  );
}

/** A value of the input `set` and one inside a packed chart have no line, so nothing to show beside the code. */
function valuesOf(origin: UseOrigin): readonly ValueOrigin[] {
  return originParts(origin).flatMap(({ part, sources }) =>
    sources.flatMap((source): ValueOrigin[] =>
      source.from === 'value' && source.file !== undefined && source.line !== undefined
        ? [{ parts: [part], path: source.valuePath, file: source.file, line: source.line }]
        : [],
    ),
  );
}

/** A value that makes several parts is told once. */
function addValue(values: ValueOrigin[], value: ValueOrigin): void {
  const index = values.findIndex(
    (one) => one.path === value.path && one.file === value.file && one.line === value.line,
  );
  const known = values[index];
  if (known === undefined) values.push(value);
  else values[index] = { ...known, parts: [...new Set<ReferencePart>([...known.parts, ...value.parts])] };
}

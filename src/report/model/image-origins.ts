import { isDeepStrictEqual } from 'node:util';
import type { RegistryValues as FoundRegistryValues } from '../../values/overlay/registry-values.ts';
import type { RenderingProvenance, UseProvenance } from '../../values/provenance/provenance.ts';
import { originParts, type ReportedSource } from '../../values/provenance/provenance-parts.ts';
import type { ImageValueSources, ReferencePart, RegistryValues, ValueLocation, ValueSource } from './value-sources.ts';

interface ReportedOrigin {
  readonly origin: Pick<ImageValueSources, 'image' | 'chartPath'>;
  readonly values: ValueSource[];
}

/** The values behind each image of each chart, in rendering order. Value sets of a chart are merged. */
export function imageOrigins(origins: readonly Pick<RenderingProvenance, 'uses'>[]): readonly ImageValueSources[] {
  const reported = new Map<string, ReportedOrigin>();
  for (const use of origins.flatMap(({ uses }) => uses)) {
    const { image, chartPath } = use.use;
    const key = JSON.stringify([image, chartPath]);
    const known = reported.get(key) ?? { origin: { image, chartPath }, values: [] };
    reported.set(key, known);
    for (const value of valuesOf(use)) addValue(known.values, value);
  }
  return [...reported.values()].map(({ origin, values }) => ({ ...origin, values }));
}

/** The values for AOSM's `registryValuesPaths`, for each chart. */
export function registryValuesOf(found: readonly FoundRegistryValues[]): readonly RegistryValues[] {
  const byChart = new Map<string, Set<string>>();
  for (const { rendering, paths } of found) {
    const { displayPath } = rendering.chart;
    byChart.set(displayPath, new Set([...(byChart.get(displayPath) ?? []), ...paths]));
  }
  return [...byChart].map(([chartPath, paths]) => ({ chartPath, paths: [...paths] }));
}

function valuesOf(origin: UseProvenance): readonly ValueSource[] {
  return originParts(origin).flatMap(({ part, sources }) =>
    sources.flatMap((source): ValueSource[] => {
      if (source.from === 'template') return [];
      const at = valueLocation(source);
      const path = source.from === 'value' ? source.valuePath : source.field;
      return at === undefined ? [] : [{ parts: [part], path, ...(source.from === 'chart' && { from: 'chart' }), at }];
    }),
  );
}

function valueLocation({
  file,
  line,
  inside,
}: Exclude<ReportedSource, { readonly from: 'template' }>): ValueLocation | undefined {
  if (file === undefined) return { in: 'set' };
  const at = line === undefined ? {} : { line };
  if (inside !== undefined) return { in: 'archive', file, ...at, inside };
  return line === undefined ? undefined : { in: 'file', file, line };
}

/** A value for several parts is listed once. */
function addValue(values: ValueSource[], value: ValueSource): void {
  const index = values.findIndex((one) => {
    return one.path === value.path && one.from === value.from && isDeepStrictEqual(one.at, value.at);
  });
  const known = values[index];
  if (known === undefined) values.push(value);
  else values[index] = { ...known, parts: [...new Set<ReferencePart>([...known.parts, ...value.parts])] };
}

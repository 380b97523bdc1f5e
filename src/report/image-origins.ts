import { isDeepStrictEqual } from 'node:util';
import type { RenderingOrigins, UseOrigin } from '../origins/origin.ts';
import { originParts, type ToldSource } from '../origins/origin-parts.ts';
import type { RegistryValues as FoundRegistryValues } from '../origins/registry-values.ts';
import type { ImageOrigin, ReferencePart, RegistryValues, ValueOrigin, ValuePlace } from './origin.ts';

interface Told {
  readonly origin: Pick<ImageOrigin, 'image' | 'chartPath'>;
  readonly values: ValueOrigin[];
}

/** The values behind each image, chart by chart, in the order of the renderings; value sets of one chart are told together. */
export function imageOrigins(origins: readonly Pick<RenderingOrigins, 'uses'>[]): readonly ImageOrigin[] {
  const told = new Map<string, Told>();
  for (const use of origins.flatMap(({ uses }) => uses)) {
    const { image, chartPath } = use.use;
    const key = JSON.stringify([image, chartPath]);
    const known = told.get(key) ?? { origin: { image, chartPath }, values: [] };
    told.set(key, known);
    for (const value of valuesOf(use)) addValue(known.values, value);
  }
  return [...told.values()].map(({ origin, values }) => ({ ...origin, values }));
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

function valuesOf(origin: UseOrigin): readonly ValueOrigin[] {
  return originParts(origin).flatMap(({ part, sources }) =>
    sources.flatMap((source): ValueOrigin[] => {
      const at = source.from === 'value' ? placeOf(source) : undefined;
      return source.from === 'value' && at !== undefined ? [{ parts: [part], path: source.valuePath, at }] : [];
    }),
  );
}

function placeOf({ file, line, inside }: Extract<ToldSource, { readonly from: 'value' }>): ValuePlace | undefined {
  if (file === undefined) return { in: 'set' };
  if (inside !== undefined) return { in: 'archive', file, inside };
  return line === undefined ? undefined : { in: 'file', file, line };
}

/** A value that makes several parts is told once. */
function addValue(values: ValueOrigin[], value: ValueOrigin): void {
  const index = values.findIndex((one) => one.path === value.path && isDeepStrictEqual(one.at, value.at));
  const known = values[index];
  if (known === undefined) values.push(value);
  else values[index] = { ...known, parts: [...new Set<ReferencePart>([...known.parts, ...value.parts])] };
}

import { parseChartLocation } from '../helm/charts/chart-location.ts';
import type { Settings } from './settings.ts';

/**
 * Hosts in inputs, from which charts may be downloaded even if they are in the network of the run: image-sources,
 * target, plain-http, registry-credentials and charts. Not hosts that a file or a chart names, because both can be
 * untrusted.
 */
export function namedHosts(settings: Settings): readonly string[] {
  const { charts, sources, target, plainHttp, credentials } = settings;
  return [
    ...sources.flatMap((source) => (source.kind === 'registry' ? [source.registry] : [])),
    ...(target === undefined ? [] : [target.registry]),
    ...plainHttp,
    ...credentials.map(({ host }) => host),
    ...charts.flatMap(({ location, declaredAt }) => (declaredAt === undefined ? hostOf(location) : [])),
  ];
}

function hostOf(location: string): readonly string[] {
  const parsed = parseChartLocation(location);
  if (!parsed.ok || parsed.value.kind === 'local') return [];
  return [parsed.value.kind === 'oci' ? parsed.value.host : new URL(parsed.value.url).host];
}

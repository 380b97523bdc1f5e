import { parseChartLocation } from '../helm/charts/chart-location.ts';
import type { Settings } from './settings.ts';

/**
 * The hosts that the user names, as far as charts may be fetched from them though they are in the network of the run: those of
 * image-sources, target, plain-http, registry-credentials and the input charts. Not those of charts that only a file names, and
 * never those that a chart names: both may be a stranger's.
 */
export function namedHosts(settings: Settings): readonly string[] {
  const { charts, sources, target, plainHttp, credentials } = settings;
  return [
    ...sources.flatMap((source) => (source.kind === 'registry' ? [source.registry] : [])),
    ...(target === undefined ? [] : [target.registry]),
    ...plainHttp,
    ...credentials.map(({ host }) => host),
    ...charts.flatMap(({ location, place }) => (place === undefined ? hostOf(location) : [])),
  ];
}

function hostOf(location: string): readonly string[] {
  const parsed = parseChartLocation(location);
  if (!parsed.ok || parsed.value.kind === 'local') return [];
  return [parsed.value.kind === 'oci' ? parsed.value.host : new URL(parsed.value.url).host];
}

import { ChartImagesError, toErrors } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { Digest } from '../../core/oci/digest.ts';
import { joinWithLimit } from '../../core/text.ts';
import type { RegistryChart } from './chart-fetcher.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { pickVersion } from './pick-version.ts';
import { chartsInIndex } from './repository-index.ts';

/** A chart with a version or a constraint such as `^1.2`. */
export type WantedChart =
  | {
      readonly kind: 'oci';
      readonly chart: RegistryChart;
      readonly version: string;
      /** Decides if there is one. */
      readonly digest?: Digest | undefined;
    }
  | { readonly kind: 'repository'; readonly repository: URL; readonly name: string; readonly version: string };

/** Writes a packaged chart to a new file. Throws `not-found` if no version matches, and the errors of downloads. */
export async function downloadChart(
  helm: Helm,
  wanted: WantedChart,
  path: string,
  context: HelmContext,
): Promise<void> {
  switch (wanted.kind) {
    case 'oci':
      return await context.downloads.package(
        wanted.chart,
        wanted.digest ?? (await tagOf(helm, wanted.chart, wanted.version, context)),
        path,
      );
    case 'repository': {
      const { repository, name, version } = wanted;
      const charts = await chartsInIndex(await context.downloads.index(repository), name);
      const versions = charts.map((chart) => chart.version);
      const picked = await pickVersion(helm, version, versions, context);
      const chart = charts.find((each) => each.version === picked);
      if (chart === undefined) throw noVersion(`${name} ${version}`, repository.host, versions);
      return await downloadIndexed(chart.url, repository, path, context);
    }
  }
}

/** In a message. */
const shownOthers = 5;
/** Characters: the server controls them. */
const longestOthers = 200;

/** A full version is a tag, with `_` instead of `+`. */
const fullVersion = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

async function tagOf(helm: Helm, chart: RegistryChart, version: string, context: HelmContext): Promise<string> {
  const asTag = version.replaceAll('+', '_');
  if (fullVersion.test(version)) return asTag;
  const tags = await context.downloads.tags(chart);
  if (tags.includes(asTag)) return asTag;
  const versions = tags.map((tag) => tag.replaceAll('_', '+'));
  const picked = await pickVersion(helm, version, versions, context);
  if (picked === undefined) throw noVersion(`${chart.repository} ${version}`, chart.host, versions);
  return picked.replaceAll('+', '_');
}

async function downloadIndexed(text: string, repository: URL, path: string, context: HelmContext): Promise<void> {
  const registry = /^oci:\/\/([^/@#?\s]+)\/([^:@#?\s]+):([^:@/#?\s]+)$/i.exec(text);
  const [, host, name, tag] = registry ?? [];
  if (host !== undefined && name !== undefined && tag !== undefined) {
    return await context.downloads.package(
      { host: host.toLowerCase(), repository: name },
      tag.replaceAll('+', '_'),
      path,
    );
  }
  await context.downloads.archive(resolveUrl(repository, text), path);
}

/** A relative URL keeps the query of the repository, which can be a signature (helm, pkg/repo/chartrepo.go). */
function resolveUrl(repository: URL, text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  const base = new URL(repository);
  base.pathname = `${base.pathname.replace(/\/$/, '')}/`;
  if (!URL.canParse(text, base.href)) throw noVersion('valid URL for the chart', repository.host);
  const url = new URL(text, base);
  url.search = base.search;
  return url;
}

/** The versions that the server has in addition, newest first in most indexes. */
function noVersion(wanted: string, host: string, others: readonly string[] = []): ChartImagesError {
  const shown = joinWithLimit(others, shownOthers).slice(0, longestOthers);
  const has = shown === '' ? '' : `; it has ${redactServerText(shown)}`;
  return new ChartImagesError('not-found', `${host} has no ${wanted}${has}.`, {
    advice: shown === '' ? 'Check the name and the version.' : 'Correct the version.',
  });
}

/** Wraps an error of a download, with `prefix` in the message. Returns any other error unchanged. */
export function downloadError(prefix: string, thrown: unknown): unknown {
  const [error] = toErrors(thrown);
  if (error === undefined || error.code === 'cancelled' || error.code === 'internal') return thrown;
  const code = error.code === 'not-found' ? 'chart-not-found' : 'chart-pull';
  return new ChartImagesError(code, `${prefix}: ${error.message}`, { advice: error.advice, cause: error });
}

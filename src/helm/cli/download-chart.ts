import { ChartImagesError, toErrors } from '../../core/errors.ts';
import type { RegistryChart } from './chart-fetcher.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { pickVersion } from './pick-version.ts';
import { chartsInIndex } from './repository-index.ts';

/** A chart that someone asks for by a version or a constraint such as `^1.2`. */
export type WantedChart =
  | { readonly kind: 'oci'; readonly chart: RegistryChart; readonly version: string }
  | { readonly kind: 'repository'; readonly repository: URL; readonly name: string; readonly version: string };

/** Writes a packaged chart into a new file. Errors: `not-found` where the server has none that fits, those of downloads. */
export async function downloadChart(helm: Helm, wanted: WantedChart, path: string, access: HelmContext): Promise<void> {
  switch (wanted.kind) {
    case 'oci':
      return await access.downloads.package(
        wanted.chart,
        await tagOf(helm, wanted.chart, wanted.version, access),
        path,
      );
    case 'repository': {
      const { repository, name, version } = wanted;
      const charts = await chartsInIndex(await access.downloads.index(repository), name);
      const versions = charts.map((chart) => chart.version);
      const picked = await pickVersion(helm, version, versions, access);
      const chart = charts.find((each) => each.version === picked);
      if (chart === undefined) throw noVersion(`${name} ${version}`, repository.host);
      return await downloadIndexed(chart.url, repository, path, access);
    }
  }
}

/** A whole version is the tag itself; registries have `_` where a version has `+`. */
const wholeVersion = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

async function tagOf(helm: Helm, chart: RegistryChart, version: string, access: HelmContext): Promise<string> {
  const asTag = version.replaceAll('+', '_');
  if (wholeVersion.test(version)) return asTag;
  const tags = await access.downloads.tags(chart);
  if (tags.includes(asTag)) return asTag;
  const versions = tags.map((tag) => tag.replaceAll('_', '+'));
  const picked = await pickVersion(helm, version, versions, access);
  if (picked === undefined) throw noVersion(`${chart.repository} ${version}`, chart.host);
  return picked.replaceAll('+', '_');
}

async function downloadIndexed(text: string, repository: URL, path: string, access: HelmContext): Promise<void> {
  const registry = /^oci:\/\/([^/@#?\s]+)\/([^:@#?\s]+):([^:@/#?\s]+)$/i.exec(text);
  const [, host, name, tag] = registry ?? [];
  if (host !== undefined && name !== undefined && tag !== undefined) {
    return await access.downloads.package({ host, repository: name }, tag.replaceAll('+', '_'), path);
  }
  await access.downloads.archive(addressIn(repository, text), repository, path);
}

/** Relative addresses start in the repository and keep its query, which may be a signature (helm, pkg/repo/chartrepo.go). */
function addressIn(repository: URL, text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  const base = new URL(repository);
  base.pathname = `${base.pathname.replace(/\/$/, '')}/`;
  if (!URL.canParse(text, base.href)) throw noVersion('an address that can be read', repository.host);
  const url = new URL(text, base);
  url.search = base.search;
  return url;
}

function noVersion(what: string, host: string): ChartImagesError {
  return new ChartImagesError('not-found', `${host} has no ${what}.`, {
    advice: 'Check the name and the version.',
  });
}

/** What went wrong with a download, for who asked for the chart. Gives back unchanged what is not about the download. */
export function downloadError(what: string, thrown: unknown): unknown {
  const [error] = toErrors(thrown);
  if (error === undefined || error.code === 'cancelled' || error.code === 'internal') return thrown;
  const code = error.code === 'not-found' ? 'chart-not-found' : 'chart-pull';
  return new ChartImagesError(code, `${what}: ${error.message}`, { advice: error.advice, cause: error });
}

/**
 * Holds the search for optional images against switches that are known to bring images: for each chart of the corpus
 * beside the repository that has some, whether the image and the switch were found, with how many renderings, and how
 * long it took. `--helm 3` takes helm 3; `--dir D` another folder of that form; `--all` all its charts; `--ways` prints
 * all that was found. `--brute` sets each switch of each chart with at most 40 alone, and prints the images that the
 * search does not find.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { toErrors } from '../src/core/errors.ts';
import { createTemporaryFolder } from '../src/core/files/temporary-folder.ts';
import { silentLog } from '../src/core/log.ts';
import { parseReference } from '../src/core/oci/reference.ts';
import { discover } from '../src/discovery/discover.ts';
import { locateCharts } from '../src/helm/charts/locate-charts.ts';
import { type HelmRenderContext, renderCharts } from '../src/helm/cli/render-charts.ts';
import { defaultRenderings, findOptionalImages } from '../src/values/toggles/optional-images.ts';
import { noDownloads } from './corpus/no-downloads.ts';
import { bruteForce } from './toggles/brute-force.ts';
import { toolPath } from './tools.ts';

interface Toggle {
  readonly chart: string;
  readonly toggle: string;
  readonly images: readonly { readonly ref: string }[];
}

const { values: flags } = parseArgs({
  options: {
    dir: { type: 'string' },
    helm: { type: 'string', default: '4' },
    all: { type: 'boolean', default: false },
    ways: { type: 'boolean', default: false },
    brute: { type: 'boolean', default: false },
  },
});
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const corpus = resolve(flags.dir ?? join(root, '..', 'shared', 'corpus'));
const helm =
  flags.helm === '3' ? { path: toolPath('helm-3'), version: '3' } : { path: toolPath('helm-4'), version: '4' };

const toggles = await readJson<readonly Toggle[]>('toggles.json');
const charts =
  flags.all || flags.brute
    ? (await readdir(join(corpus, 'charts'))).map((file) => file.replace(/\.tgz$/, '')).sort()
    : [...new Set(toggles.map(({ chart }) => chart))];
const temporary = await createTemporaryFolder(tmpdir(), 'chart-images-toggles');
let right = 0;
const brute = { charts: 0, switches: 0, images: 0, found: 0 };
try {
  for (const chart of charts)
    right += await examine(
      chart,
      toggles.filter((toggle) => toggle.chart === chart),
    );
} finally {
  await rm(temporary.path, { recursive: true, force: true });
}
if (flags.brute) {
  console.log(
    `Brute force: ${brute.switches} switches of ${brute.charts} charts bring ${brute.images} images; the search found ${brute.found} of them.`,
  );
}
console.log(
  `${right} of ${toggles.length} switches found with their images; bound: ${defaultRenderings} renderings for each chart, beyond the first`,
);

/** How many of the chart's switches were found. */
async function examine(name: string, known: readonly Toggle[]): Promise<number> {
  const access: HelmRenderContext = {
    workFolder: root,
    environment: process.env,
    temporary: temporary.path,
    downloads: noDownloads,
    log: silentLog,
    signal: new AbortController().signal,
  };
  const given = await judgedWith(name);
  const template = {
    kubeVersion: given.kubeVersion,
    apiVersions: given.apiVersions,
    namespace: undefined,
    releaseName: 'rel',
  };
  const request = {
    location: join(corpus, 'charts', `${name}.tgz`),
    baseFolders: [],
    valueSets: [{ name: 'default', valueFiles: [], set: given.set }],
    declaredAt: undefined,
  };
  try {
    const pull = () => Promise.reject(new Error('nothing is pulled here'));
    const located = await locateCharts([request], { ...access, pull });
    const renderings = await renderCharts(helm, located, template, access);
    const discovery = discover(renderings);
    const started = performance.now();
    const found = await findOptionalImages(renderings, discovery, { helm, template, access }, defaultRenderings);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const optional = found.discovery.images.flatMap(({ image, uses }) => {
      const ways = [...new Set(uses.flatMap(({ optionalBy }) => optionalBy ?? []))];
      return ways.length === 0 ? [] : [{ image, ways }];
    });
    const counts = found.searched.map(
      ({ results: [first], renderings: count }) => `${first?.toggles ?? 0} toggles, ${count} renderings`,
    );
    const untried = found.searched.flatMap(({ results }) => results.map((each) => each.untried.length));
    const open = found.searched.flatMap(({ results }) => results.map((each) => each.open.length));
    console.log(
      `${name}: ${optional.length} optional images, ${counts.join()}, ${seconds} s, ${untried} toggles untried, ${open} images open`,
    );
    if (flags.brute) {
      const [first] = renderings;
      const plain = new Set(discovery.images.map(({ image }) => image));
      const forced = first && (await bruteForce(first, plain, { helm, template, access }));
      if (forced !== undefined) {
        const missing = [...forced.images].filter(([image]) => !optional.some((each) => each.image === image));
        brute.charts += 1;
        brute.switches += forced.switches;
        brute.images += forced.images.size;
        brute.found += forced.images.size - missing.length;
        for (const [image, ways] of missing) console.log(`  MISSING ${image}: ${ways.join(' | ')}`);
      }
    }
    let count = 0;
    for (const { toggle, images } of known) {
      const verdicts = images.map(({ ref }) => {
        const ways = optional.filter(({ image }) => isSameImage(image, ref)).flatMap((each) => each.ways);
        if (ways.length === 0) return 'image not found';
        return ways.some((way) => way.startsWith(`${toggle}=`) && !way.includes(','))
          ? 'ok'
          : `other switch: ${ways.join(' | ')}`;
      });
      if (verdicts.every((verdict) => verdict === 'ok')) count += 1;
      console.log(`  ${toggle}: ${[...new Set(verdicts)].join('; ')}`);
    }
    if (flags.ways)
      for (const { image, ways } of optional)
        console.log(`    ${image}\n      ${ways.map((way) => way.slice(0, 300)).join('\n      ')}`);
    return count;
  } catch (thrown) {
    console.log(
      `${name}: ${toErrors(thrown)
        .map(({ message }) => message)
        .join('; ')
        .slice(0, 300)}`,
    );
    return 0;
  }
}

/** What the chart was judged with. */
async function judgedWith(chart: string) {
  const { args } = await readJson<{ readonly args: readonly string[] }>(join('expected', `${chart}.json`));
  const valuesOf = (flag: string) => args.flatMap((each, at) => (each === flag ? [args[at + 1] ?? ''] : []));
  return {
    kubeVersion: valuesOf('--kube-version')[0],
    apiVersions: valuesOf('--api-versions'),
    set: valuesOf('--set'),
  };
}

function isSameImage(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

/** Docker's short forms written out. */
function plain(text: string): string {
  const parsed = parseReference(text);
  return (parsed.ok ? text : '').replace(/^docker\.io\//, '').replace(/^library\//, '');
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(join(corpus, file), 'utf8'));
}

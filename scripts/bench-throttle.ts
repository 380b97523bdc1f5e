/**
 * Copies from sources that throttle, beside regsync, crane and skopeo (where it is installed) in one run: how many
 * images arrive, with how many requests, and how close each comes to the best that the source allows.
 *
 *   npm run bench:throttle -- --cases rate,quota,broken --only chart-images,regsync
 *
 * `rate`: so many requests a second, and 429 with Retry-After beyond. `quota`: 100 manifests, as Docker Hub has, and a
 * refill. `broken`: 300 images, one layer slow and one image broken. `busy` is the time from the first request to the
 * last one, without the start of the programs, and `plain` the same for a source that throttles nothing, so that a busy
 * machine counts for neither. The ratio is that of `busy` to the best.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mediaTypes } from '../src/core/oci/media-type.ts';
import { startDistribution } from '../test/support/distribution.ts';
import { startFaultProxy } from '../test/support/fault-proxy.ts';
import { bundleOurs } from './bench-copy/bundle.ts';
import { fill, repositoriesOf } from './bench-copy/sets.ts';
import { type Contestant, contestants } from './bench-copy/tools.ts';
import { runLine } from './bench-throttle/run-line.ts';
import { type Door, type Source, sources } from './bench-throttle/sources.ts';

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: 'rate,quota,broken' },
    only: { type: 'string', default: 'chart-images,regsync,crane,skopeo' },
  },
});

/** One line of each program: those that are best in `bench:copy`. */
const compared = ['chart-images', 'regsync', 'crane, 8 side by side', 'skopeo, 8 side by side'];

const folder = mkdtempSync(join(tmpdir(), 'bench-throttle-'));
try {
  const wanted = options.only.split(',');
  const all = contestants(await bundleOurs(folder)).filter(({ name }) => compared.includes(name));
  const chosen = all.filter(({ name }) => wanted.some((word) => name.startsWith(word)));
  for (const name of options.cases.split(',')) {
    const source = sources.find((one) => one.name === name);
    if (source === undefined)
      throw new Error(`no case ${name}; there are ${sources.map((one) => one.name).join(', ')}`);
    await compare(source, chosen);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(source: Source, all: readonly Contestant[]): Promise<void> {
  const behind = await startDistribution();
  try {
    await fill(behind.url, source.set);
    console.log(`\n${source.name}: ${source.title}`);
    console.log('program                   arrived  requests  refused    wall    busy   plain    best  ratio');
    for (const contestant of all) console.log(await take(contestant, source, behind.host));
  } finally {
    await behind.stop();
  }
}

async function take(contestant: Contestant, source: Source, behind: string): Promise<string> {
  const plain = await copy(contestant, source, behind, () => undefined);
  const throttled = await copy(contestant, source, behind, source.open());
  const { arrived, requests, refused, wall, busy } = throttled;
  const best = source.best(requests - refused, plain.busy);
  const columns = [
    contestant.name.padEnd(24),
    `${arrived}/${source.possible}`.padStart(8),
    String(requests).padStart(9),
    String(refused).padStart(8),
    wall === undefined ? '> limit' : wall.toFixed(1).padStart(7),
    busy.toFixed(1).padStart(7),
    plain.busy.toFixed(1).padStart(7),
    best.toFixed(1).padStart(7),
    (busy / best).toFixed(2).padStart(6),
  ];
  return columns.join(' ');
}

interface Copied {
  readonly arrived: number;
  readonly requests: number;
  readonly refused: number;
  /** Seconds. Undefined if the program was ended. */
  readonly wall: number | undefined;
  /** Seconds from the first request to the last. */
  readonly busy: number;
}

async function copy({ line }: Contestant, { set }: Source, behind: string, door: Door): Promise<Copied> {
  const target = await startDistribution();
  const times: number[] = [];
  let refused = 0;
  const proxy = await startFaultProxy(behind, {
    fault: (request) => {
      times.push(performance.now());
      const fault = door(request);
      if (fault?.kind === 'status') refused += 1;
      return fault;
    },
  });
  try {
    const own = mkdtempSync(join(folder, 'task-'));
    const repositories = repositoriesOf(set);
    const wall = await runLine(line({ source: proxy.host, target: target.host, repositories, folder: own }), own);
    const busy = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    const head = { method: 'HEAD', headers: { accept: mediaTypes.ociManifest } };
    const url = (repository: string) => `${target.url}/v2/${repository}/manifests/1`;
    let arrived = 0;
    for (const repository of repositories) if ((await fetch(url(repository), head)).ok) arrived += 1;
    return { arrived, requests: proxy.requests.length, refused, wall, busy };
  } finally {
    await proxy.stop();
    await target.stop();
  }
}

/**
 * Copies the same images with crane, oras, regctl, regsync, skopeo (where it is installed) and chart-images, in turn in
 * one run, from one real registry into an empty one, and prints what each took. The ratio is to the best of the others.
 *
 * npm run bench:copy -- --cases S,S@20,M,M@20,L --rounds 5 --only chart-images,regsync
 *
 * `@20` stands for a round trip of 20 ms and 50 MB/s for each connection. `requests` counts what went to both
 * registries for one image, in a round of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Distribution, startDistribution } from '../test/support/distribution.ts';
import { bundleOurs } from './bench-copy/bundle.ts';
import { type Link, type LinkOptions, startLink } from './bench-copy/link.ts';
import { type Cost, measure } from './bench-copy/measure.ts';
import { fill, type ImageSet, imageSets, repositoriesOf } from './bench-copy/sets.ts';
import { type Contestant, contestants } from './bench-copy/tools.ts';

interface Case {
  readonly name: string;
  readonly set: ImageSet;
  readonly link: LinkOptions | undefined;
}

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: 'S,S@20,M,M@20,L' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'bench-copy-'));
try {
  const bundle = await bundleOurs(folder);
  const wanted = options.only === '' ? undefined : options.only.split(',');
  const all = contestants(bundle).filter(({ name }) => wanted?.some((word) => name.startsWith(word)) ?? true);
  for (const name of options.cases.split(',')) await compare(caseOf(name), all, Number(options.rounds));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function caseOf(name: string): Case {
  const [set = '', delay] = name.split('@');
  const found = Object.values(imageSets).find((one) => one.name === set);
  if (found === undefined) throw new Error(`no set ${set}; there are S, M and L`);
  return { name, set: found, link: delay === undefined ? undefined : { roundTrip: Number(delay), rate: 50_000_000 } };
}

interface Row {
  readonly contestant: Contestant;
  readonly costs: Cost[];
  readonly again: Cost[];
  requests: number;
  connections: number;
}

async function compare({ name, set, link }: Case, all: readonly Contestant[], rounds: number): Promise<void> {
  const source = await startDistribution();
  try {
    await fill(source.url, set);
    const rows = all.map((contestant): Row => ({ contestant, costs: [], again: [], requests: 0, connections: 0 }));
    for (let round = 0; round < rounds; round += 1) {
      // They take turns, so that whatever else the machine does meets all of them.
      for (const row of rows) await takeTurn(row, source, set, link);
    }
    if (set.name === 'S') for (const row of rows) await count(row, source, set);
    print(name, rows);
  } finally {
    await source.stop();
  }
}

async function takeTurn(row: Row, source: Distribution, set: ImageSet, link: LinkOptions | undefined): Promise<void> {
  await withTarget(async (target) => {
    const [near, far] = link ? [await startLink(source.host, link), await startLink(target.host, link)] : [];
    row.costs.push(await copy(row.contestant, near?.host ?? source.host, far?.host ?? target.host, set));
    if (set.name === 'S')
      row.again.push(await copy(row.contestant, near?.host ?? source.host, far?.host ?? target.host, set));
    await near?.stop();
    await far?.stop();
  });
}

async function count(row: Row, source: Distribution, set: ImageSet): Promise<void> {
  await withTarget(async (target) => {
    const links = [await startLink(source.host, { roundTrip: 0 }), await startLink(target.host, { roundTrip: 0 })];
    const [near, far] = links;
    await copy(row.contestant, near?.host ?? '', far?.host ?? '', set);
    row.requests = links.reduce((sum, link) => sum + requestsOf(link), 0) / set.images;
    row.connections = links.reduce((sum, link) => sum + link.connections(), 0);
    if (isOurs(row.contestant))
      console.log(links.map((link) => JSON.stringify(Object.fromEntries(link.requests))).join(' → '));
    for (const link of links) await link.stop();
  });
}

function requestsOf({ requests }: Link): number {
  return [...requests.values()].reduce((sum, number) => sum + number, 0);
}

async function withTarget(work: (target: Distribution) => Promise<void>): Promise<void> {
  const target = await startDistribution();
  try {
    await work(target);
  } finally {
    await target.stop();
  }
}

async function copy({ line }: Contestant, source: string, target: string, set: ImageSet): Promise<Cost> {
  const own = mkdtempSync(join(folder, 'task-'));
  const task = { source, target, repositories: repositoriesOf(set), folder: own };
  return await measure(line(task), { HOME: own });
}

function print(name: string, rows: readonly Row[]): void {
  const peers = rows.filter(({ contestant }) => !isOurs(contestant));
  const best = Math.min(...peers.map(({ costs }) => median(costs, 'wall')));
  const bestAgain = Math.min(...peers.map(({ again }) => median(again, 'wall')));
  console.log(`\n${name} (medians of ${rows[0]?.costs.length ?? 0})`);
  console.log('program                          wall    cpu  MiB   ratio  again  ratio  requests/image  connections');
  for (const { contestant, costs, again, requests, connections } of rows) {
    const [wall, cpu, memory] = [median(costs, 'wall'), median(costs, 'cpu'), median(costs, 'memory')];
    const second = median(again, 'wall');
    const columns = [
      contestant.name.padEnd(30),
      wall.toFixed(2).padStart(6),
      cpu.toFixed(2).padStart(6),
      memory.toFixed(0).padStart(4),
      (wall / best).toFixed(2).padStart(7),
      again.length === 0 ? '' : second.toFixed(2).padStart(6),
      again.length === 0 ? '' : (second / bestAgain).toFixed(2).padStart(6),
      requests === 0 ? '' : requests.toFixed(1).padStart(8),
      connections === 0 ? '' : String(connections).padStart(12),
    ];
    console.log(columns.join(' '));
  }
}

function isOurs({ name }: Contestant): boolean {
  return name.startsWith('chart-images');
}

function median(costs: readonly Cost[], of: keyof Cost): number {
  const sorted = costs.map((cost) => cost[of]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY;
}

/**
 * Looks for 60 images in three registries that are 20 ms away, as a run does after its charts are rendered, and beside
 * it `crane digest`, eight at a time, for the same 180 places. Both take turns in one run; the registries count what
 * they are asked.
 *
 * npm run bench:resolve -- --rounds 9 --images 60 --sources 3 --round-trip 20
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { createHttpClient } from '../src/core/http/http.ts';
import { silentLog } from '../src/core/log.ts';
import { createRegistries } from '../src/registry/client/registry-pool.ts';
import { noCredential } from '../src/registry/credentials/credential.ts';
import { resolveImages } from '../src/resolve/resolve.ts';
import { traceOf } from '../test/support/credential-trace.ts';
import { discovered, sourcesOf } from '../test/support/discovered.ts';
import type { Asked, RegistryPlan } from './bench-resolve/registries.ts';
import { provideTool, toolPath } from './tools.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    images: { type: 'string', default: '60' },
    sources: { type: 'string', default: '3' },
    'round-trip': { type: 'string', default: '20' },
  },
});
const [rounds, images, sources] = [Number(options.rounds), Number(options.images), Number(options.sources)];

provideTool('crane');
const plan: RegistryPlan = { count: sources, roundTrip: Number(options['round-trip']) };
const worker = new Worker(new URL('bench-resolve/registries.ts', import.meta.url), { workerData: plan });
// The first message is the hosts, every other one answers `asked`.
const [hosts] = (await once(worker, 'message')) as [readonly string[]];
const names = Array.from({ length: images }, (_, index) => `team/app-${index}:1.0.0`);
try {
  const contestants = [
    { name: 'chart-images', run: resolve, times: [] as number[] },
    { name: 'crane digest -P8', run: crane, times: [] as number[] },
  ];
  for (const { name, run } of contestants) {
    await asked();
    await run();
    const { manifests, tokens, doors } = await asked();
    console.log(`${name.padEnd(18)} ${manifests} manifests, ${tokens} tokens, ${doors} challenges`);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { run, times } of contestants) {
      const begin = performance.now();
      await run();
      times.push(performance.now() - begin);
    }
  }
  const [ours = Number.NaN, theirs = Number.NaN] = contestants.map(({ times }) => median(times));
  for (const { name, times } of contestants) {
    console.log(`${name.padEnd(18)} ${median(times).toFixed(0).padStart(6)} ms, the median of ${rounds}`);
  }
  console.log(`ratio              ${(ours / theirs).toFixed(2).padStart(6)}`);
} finally {
  await worker.terminate();
}

async function asked(): Promise<Asked> {
  const answer = once(worker, 'message');
  worker.postMessage('asked');
  return ((await answer) as [Asked])[0];
}

/** A new client for each round: connections, challenges and tokens are part of the work. */
async function resolve(): Promise<void> {
  const http = await createHttpClient({ log: silentLog, signal: new AbortController().signal, proxyEnv: {} });
  const credentials = { get: async () => noCredential };
  const concurrency = 16;
  const registries = createRegistries({
    http,
    credentials,
    concurrency,
    plainHttp: [...hosts],
    trace: traceOf(),
    log: silentLog,
  });
  const found = names.map((name) => discovered(`source.example/${name}`));
  const { resolutions } = await resolveImages(found, sourcesOf(...hosts), registries, { concurrency });
  await registries.close();
  if (resolutions.some(({ status }) => status !== 'found')) throw new Error('an image was not found');
}

async function crane(): Promise<void> {
  const places = hosts.flatMap((host) => names.map((name) => `${host}/${name}`));
  const child = spawn('xargs', ['-P8', '-n1', toolPath('crane'), 'digest'], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(`${places.join('\n')}\n`);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`crane ended with ${code}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

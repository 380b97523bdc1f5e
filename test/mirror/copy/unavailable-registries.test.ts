/** Runs with many images whose registry can't be used for the moment: how long that takes, and what is reported. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { type CopyOptions, copyImages } from '../../../src/mirror/copy/copy-images.ts';
import { copyFailures } from '../../../src/mirror/copy/copy-summary.ts';
import type { Outcome } from '../../../src/mirror/plan/plan.ts';
import { planCopies } from '../../../src/mirror/plan/plan-copies.ts';
import { createSizeEstimator } from '../../../src/mirror/plan/plan-size.ts';
import { resolveImages } from '../../../src/resolve/resolve.ts';
import { discovered, sourcesOf } from '../../support/discovered.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { type Fault, type FaultProxy, type Passing, startFaultProxy } from '../../support/fault-proxy.ts';
import { type Reply, startFaultServer } from '../../support/fault-server.ts';
import { makeImage, pushImage, type TestImage } from '../../support/images.ts';
import { planOf } from '../../support/planned.ts';
import { openRegistries } from '../../support/registries.ts';
import { startTokenServer } from '../../support/token-server.ts';

const count = 48;

let source: Distribution;
let target: Distribution;
let images: readonly TestImage[];

beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution()]);
  images = await Promise.all(Array.from({ length: count }, (_, index) => makeImage({ seed: `i${index}` })));
  await Promise.all(images.map((image, index) => pushImage(source.url, `i${index}`, '1', image)));
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

let runs = 0;

interface Copied {
  readonly outcomes: readonly Outcome[];
  readonly requests: readonly Passing[];
}

type Side = 'source' | 'target';

/** Copies all images, past a door in front of one side. */
async function copyAll(
  side: Side,
  fault: (request: Passing, before: number) => Fault | undefined,
  options: Partial<CopyOptions> = {},
): Promise<Copied> {
  runs += 1;
  const proxy: FaultProxy = await startFaultProxy(side === 'source' ? source.host : target.host, { fault });
  const [from, to] = side === 'source' ? [proxy.host, target.host] : [source.host, proxy.host];
  const { registries } = await openRegistries({ concurrency: 4 });
  const plan = planOf(
    ...images.map((image, index) => ({ image, from: `${from}/i${index}:1`, to: `${to}/run-${runs}/i${index}:1` })),
  );
  try {
    const signal = new AbortController().signal;
    const outcomes = await copyImages(plan, registries, { concurrency: 4, log: silentLog, signal, ...options });
    return { outcomes, requests: proxy.requests };
  } finally {
    await registries.close();
    await proxy.stop();
  }
}

function copiedOf(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ result }) => result === 'copied').length;
}

const waitAnHour: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '3600' } };

test.each(['source', 'target'] as const)(
  'a %s that asks to wait for an hour gets no request for each of 48 images, and is one finding',
  async (side) => {
    const { outcomes, requests } = await copyAll(side, () => waitAnHour);
    expect(copiedOf(outcomes)).toBe(0);
    // Four at a time, of a few kinds.
    expect(requests.length).toBeLessThanOrEqual(16);
    const [finding, ...others] = copyFailures(outcomes);
    expect(others).toEqual([]);
    expect(finding?.message).toMatch(/returned 429.*Also affected: .* and 42 more\.$/);
    // A registry is at no line of a chart.
    expect(finding?.image).toBeUndefined();
    expect(finding?.images).toHaveLength(count);
  },
);

test.each(['source', 'target'] as const)(
  'a %s that fails every request costs its patience once, not once for each of 48 images',
  async (side) => {
    const { outcomes, requests } = await copyAll(side, () => ({ kind: 'status', status: 503 }));
    expect(copiedOf(outcomes)).toBe(0);
    const tried = new Set(requests.map(({ method, path }) => `${method} ${path}`));
    expect(tried.size).toBeLessThanOrEqual(16);
    expect(copyFailures(outcomes).length).toBe(1);
  },
);

test('images whose manifests were read before the pull limit was reached still arrive', async () => {
  let manifests = 0;
  const { outcomes } = await copyAll('source', ({ path }) => {
    if (!path.includes('/manifests/')) return undefined;
    manifests += 1;
    return manifests > 20 ? waitAnHour : undefined;
  });
  expect(copiedOf(outcomes)).toBe(20);
  expect(copyFailures(outcomes)).toHaveLength(1);
});

test('one image that its registry cannot serve does not stop the others', async () => {
  const broken = images[7]?.digest ?? '';
  const { outcomes } = await copyAll('source', ({ path }) =>
    path.includes(broken) ? { kind: 'status', status: 500 } : undefined,
  );
  expect(copiedOf(outcomes)).toBe(count - 1);
  expect(outcomes[7]?.result).toBe('failed');
});

test('a source that cannot be reached is not tried again for each image', async () => {
  const gone = await startFaultProxy(source.host, { fault: () => ({ kind: 'reset' }) });
  const { registries } = await openRegistries({ concurrency: 4 });
  const found = images.map((_, index) => discovered(`${gone.host}/i${index}:1`));
  const { findings } = await resolveImages(found, sourcesOf('upstream'), registries, { concurrency: 4 });
  await registries.close();
  await gone.stop();
  expect(findings).toHaveLength(1);
  expect(new Set(gone.requests.map(({ path }) => path)).size).toBeLessThanOrEqual(8);
});

test.each<[string, Fault]>([
  ['limits the request rate', waitAnHour],
  ['fails every request', { kind: 'status', status: 503 }],
  ['breaks every connection', { kind: 'reset' }],
])('a token server that %s is not asked again for each image', async (_, fault) => {
  const tokens = await startTokenServer({ anonymous: 'pull' });
  const door = await startFaultProxy(tokens.host, { fault: () => fault });
  const registry = await startDistribution({ auth: { ...tokens, realm: `http://${door.host}/oauth2/token` } });
  const { registries } = await openRegistries({ concurrency: 4 });
  const found = images.map((_, index) => discovered(`${registry.host}/i${index}:1`));
  const { findings } = await resolveImages(found, sourcesOf('upstream'), registries, { concurrency: 4 });
  await registries.close();
  await Promise.all([registry.stop(), door.stop(), tokens.stop()]);
  expect(findings).toHaveLength(1);
  expect(new Set(door.requests.map(({ path }) => path)).size).toBeLessThanOrEqual(8);
});

test.each<[string, Reply]>([
  ['limits the request rate', { status: 429, headers: { 'retry-after': '3600' } }],
  ['fails', { status: 503 }],
  ['breaks the connection', 'hang-up'],
])('a registry that %s when it checks a password is not asked again for each image', async (_, reply) => {
  const server = await startFaultServer(({ headers }) =>
    headers.authorization === undefined ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } } : reply,
  );
  const credential = { kind: 'basic', username: 'robot', password: 'opensesame' } as const;
  const { registries } = await openRegistries({ concurrency: 2, credential });
  const found = images.map((_, index) => discovered(`${server.host}/i${index}:1`));
  const { findings } = await resolveImages(found, sourcesOf('upstream'), registries, { concurrency: 2 });
  await registries.close();
  await server.stop();
  expect(findings).toHaveLength(1);
  // A few checks, of at most 15 tries at the patience of tests. One for each of the 48 images is over 200 requests.
  expect(server.requests.filter(({ headers }) => headers.authorization !== undefined).length).toBeLessThan(100);
});

test('a source whose quota ends during a copy of 75 images has served whole images, not parts of all', async () => {
  const many = await Promise.all(Array.from({ length: 75 }, (_, index) => makeImage({ seed: `q${index}` })));
  await Promise.all(many.map((image, index) => pushImage(source.url, `q${index}`, '1', image)));
  const quota = 150;
  const proxy = await startFaultProxy(source.host, { fault: (_, before) => (before < quota ? undefined : waitAnHour) });
  const { registries } = await openRegistries({ concurrency: 4 });
  const found = many.map((_, index) => discovered(`${proxy.host}/q${index}:1`));
  const { resolutions } = await resolveImages(found, sourcesOf('upstream'), registries, { concurrency: 4 });
  const sizer = createSizeEstimator({ registries, foreignLayers: 'left out', purpose: 'copy' });
  const plan = await planCopies(resolutions, { registry: target.host, namespace: 'quota' }, 'fail', registries, sizer);
  const options = { concurrency: 4, log: silentLog, signal: new AbortController().signal };
  const outcomes = await copyImages(plan, registries, options);
  await registries.close();
  await proxy.stop();
  // After 75 look-ups and the manifests of the first 50 images, the quota pays for the two blobs of 12 images.
  expect(copiedOf(outcomes)).toBeGreaterThanOrEqual(8);
  expect(copyFailures(outcomes)).toHaveLength(1);
});

/** Copies between registries that allow few requests at once, from the start or after some answers with 429. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { Outcome } from '../../../src/mirror/plan/plan.ts';
import type { Registries } from '../../../src/registry/client/registry.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { type FaultProxyOptions, startFaultProxy } from '../../support/fault-proxy.ts';
import { makeImage, pushImage, type TestImage } from '../../support/images.ts';
import { planOf } from '../../support/planned.ts';
import { openRegistries } from '../../support/registries.ts';

let source: Distribution;
let target: Distribution;
let image: TestImage;

beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution()]);
  image = await makeImage({ seed: 'large', layers: [3_000_000, 3_000_001, 3_000_002, 3_000_003] });
  await pushImage(source.url, 'large', '1', image);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

let runs = 0;

interface Sides {
  readonly source?: FaultProxyOptions;
  readonly target?: FaultProxyOptions;
  /** Requests at once, before any throttling. */
  readonly requests: { readonly source: number; readonly target: number };
}

/** Copies the image four large layers at a time. */
async function copyLarge(sides: Sides): Promise<readonly Outcome[]> {
  runs += 1;
  const [from, to] = await Promise.all([
    startFaultProxy(source.host, sides.source),
    startFaultProxy(target.host, sides.target),
  ]);
  const [reading, writing] = await Promise.all([
    openRegistries({ concurrency: sides.requests.source, patience: 60_000 }),
    openRegistries({ concurrency: sides.requests.target, patience: 60_000 }),
  ]);
  const registries: Registries = {
    get: (host) => (host === from.host ? reading : writing).registries.get(host),
    close: async () => {
      await Promise.all([reading.registries.close(), writing.registries.close()]);
    },
  };
  const plan = planOf({ image, from: `${from.host}/large:1`, to: `${to.host}/run-${runs}:1` });
  try {
    return await copyImages(plan, registries, { concurrency: 4, log: silentLog, signal: new AbortController().signal });
  } finally {
    await registries.close();
    await Promise.all([from.stop(), to.stop()]);
  }
}

test('an image with four large layers arrives while both registries allow one request at a time', async () => {
  expect(await copyLarge({ requests: { source: 1, target: 1 } })).toMatchObject([{ result: 'copied' }]);
});

test('an image with four large layers arrives when its downloads break while a single request is allowed', async () => {
  let broken = 0;
  const fault = ({ path }: { path: string }) => {
    if (broken >= 4 || !path.includes('/blobs/')) return undefined;
    broken += 1;
    return { kind: 'half' } as const;
  };
  expect(await copyLarge({ requests: { source: 1, target: 4 }, source: { fault } })).toMatchObject([
    { result: 'copied' },
  ]);
});

/** Every request of a copy goes wrong in turn, in every way, at the source and at the target; then some for good. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { Outcome } from '../../../src/mirror/plan/plan.ts';
import { type Distribution, startDistribution } from '../../support/distribution.ts';
import { type Fault, type FaultProxyOptions, startFaultProxy } from '../../support/fault-proxy.ts';
import { makeImage, makeIndex, pushImage, type TestImage } from '../../support/images.ts';
import { isWholeMatrix, stepsOfRow } from '../../support/matrix.ts';
import { planOf } from '../../support/planned.ts';
import { type OpenOptions, openRegistries } from '../../support/registries.ts';

let source: Distribution;
let target: Distribution;
let index: TestImage;
let other: TestImage;

beforeAll(async () => {
  [source, target] = await Promise.all([startDistribution(), startDistribution()]);
  // One layer is sent at once, the other is streamed.
  index = await makeIndex([await makeImage({ seed: 'a', layers: [1000, 400_000] })]);
  other = await makeImage({ seed: 'b', layers: [2000] });
  await pushImage(source.url, 'a', '1', index);
  await pushImage(source.url, 'b', '1', other);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
  const { requests, runs, copied, failed } = tally;
  process.stdout.write(
    `${passing.length + lasting.length} faults at ${isWholeMatrix ? 'each' : 'a third'} of ${requests.source} requests to the source and ${requests.target} to the target: ` +
      `${runs} copies of 2 images, ${copied} images arrived whole, ${failed} failed with a clear error\n`,
  );
});

type Side = 'source' | 'target';

interface Copied {
  readonly outcomes: readonly Outcome[];
  /** Requests that the spoiled side got. */
  readonly count: number;
  readonly into: string;
}

let runs = 0;

/** Told at the end: requests of a copy without a fault, and what became of the images of all copies with one. */
const tally = { requests: { source: 0, target: 0 }, runs: 0, copied: 0, failed: 0 };

function count(side: Side, { fault }: FaultProxyOptions, { outcomes, count }: Copied): void {
  if (fault === undefined) tally.requests[side] = count;
  else {
    tally.runs += 1;
    for (const { result } of outcomes) tally[result === 'copied' ? 'copied' : 'failed'] += 1;
  }
}

/** Copies both images into repositories of their own, past a door in front of one side. */
async function copyPast(side: Side, options: FaultProxyOptions & OpenOptions): Promise<Copied> {
  runs += 1;
  const into = `run-${runs}`;
  const proxy = await startFaultProxy(side === 'source' ? source.host : target.host, options);
  const { registries } = await openRegistries(options);
  const [from, to] = side === 'source' ? [proxy.host, target.host] : [source.host, proxy.host];
  const plan = planOf(
    { image: index, from: `${from}/a:1`, to: `${to}/${into}/a:1` },
    { image: other, from: `${from}/b:1`, to: `${to}/${into}/b:1` },
  );
  try {
    const signal = new AbortController().signal;
    const outcomes = await copyImages(plan, registries, { attachments: 'all', concurrency: 1, log: silentLog, signal });
    const copied = { outcomes, count: proxy.requests.length, into };
    count(side, options, copied);
    return copied;
  } finally {
    await registries.close();
    await proxy.stop();
  }
}

/** What is under the tag is whole and right, as plain HTTP tells it past every door; or there is no tag. */
async function expectWholeOrNothing(outcome: Outcome | undefined, place: string, image: TestImage): Promise<void> {
  const base = `${target.url}/v2/${place}`;
  const accept = { accept: '*/*' };
  const tagged = await fetch(`${base}/manifests/1`, { headers: { accept: image.mediaType } });
  if (outcome?.result !== 'copied') {
    expect(outcome).toMatchObject({ result: 'failed', error: { message: expect.stringMatching(/\w/) } });
    expect(outcome?.result === 'failed' && outcome.error.code).not.toBe('internal');
  } else expect(tagged.status).toBe(200);
  if (tagged.status !== 200) return;
  expect(Buffer.from(await tagged.arrayBuffer()).equals(image.bytes)).toBe(true);
  const expectParts = async (part: TestImage): Promise<void> => {
    for (const { digest, bytes } of part.blobs) {
      const blob = await fetch(`${base}/blobs/${digest}`, { headers: accept });
      expect(Buffer.from(await blob.arrayBuffer()).equals(bytes)).toBe(true);
    }
    for (const child of part.children) {
      expect((await fetch(`${base}/manifests/${child.digest}`, { headers: { accept: child.mediaType } })).status).toBe(
        200,
      );
      await expectParts(child);
    }
  };
  await expectParts(image);
}

const passing: readonly (readonly [string, Fault])[] = [
  ['a reset', { kind: 'reset' }],
  ['a lost answer', { kind: 'answer-lost' }],
  ['silence', { kind: 'silence', milliseconds: 30 }],
  ['half a body', { kind: 'half' }],
  ['408', { kind: 'status', status: 408 }],
  ['429 without Retry-After', { kind: 'status', status: 429 }],
  ['429 with seconds', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
  ['429 with a date', { kind: 'status', status: 429, headers: { 'retry-after': new Date(0).toUTCString() } }],
  ['500', { kind: 'status', status: 500 }],
  ['502', { kind: 'status', status: 502 }],
  ['503', { kind: 'status', status: 503, headers: { 'retry-after': '0' } }],
  ['504', { kind: 'status', status: 504 }],
  ['a slow body', { kind: 'slow', milliseconds: 40 }],
];

const lasting: readonly (readonly [string, Fault])[] = [
  ['wrong bytes of the right length', { kind: 'wrong-bytes' }],
  ['a wrong digest', { kind: 'wrong-digest' }],
  ['401', { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }],
  ['403', { kind: 'status', status: 403 }],
  ['404 after all', { kind: 'status', status: 404 }],
  ['405', { kind: 'status', status: 405 }],
  ['409', { kind: 'status', status: 409 }],
  ['412', { kind: 'status', status: 412 }],
  ['413', { kind: 'status', status: 413 }],
  ['415', { kind: 'status', status: 415 }],
  ['416', { kind: 'status', status: 416 }],
  ['507', { kind: 'status', status: 507 }],
  ['a redirect loop', { kind: 'redirect-loop' }],
];

/** The faults with their row in the matrix of faults and requests. */
const inRows = (faults: typeof passing) => faults.map(([what, fault], row) => [what, fault, row] as const);

describe.each(['source', 'target'] as const)('at the %s', (side) => {
  test.each(inRows(passing))('%s, once at any request, is survived', async (_, fault, row) => {
    const { count } = await copyPast(side, {});
    for (const at of stepsOfRow(row, count)) {
      // Patience enough for a machine that is busy with other things.
      const once = (_: unknown, number: number) => (number === at ? fault : undefined);
      const { outcomes, into } = await copyPast(side, { fault: once, patience: 20_000 });
      expect([at, ...outcomes.map((outcome) => outcome.result)]).toEqual([at, 'copied', 'copied']);
      await expectWholeOrNothing(outcomes[0], `${into}/a`, index);
      await expectWholeOrNothing(outcomes[1], `${into}/b`, other);
    }
  });

  test.each(inRows(lasting))(
    '%s, once at any request, leaves the right content or no tag, and the other image alone',
    async (_, fault, row) => {
      const { count } = await copyPast(side, {});
      for (const at of stepsOfRow(row, count)) {
        const { outcomes, into } = await copyPast(side, { fault: (_, number) => (number === at ? fault : undefined) });
        await expectWholeOrNothing(outcomes[0], `${into}/a`, index);
        await expectWholeOrNothing(outcomes[1], `${into}/b`, other);
        expect(outcomes.filter((outcome) => outcome.result === 'failed').length).toBeLessThan(2);
      }
    },
  );

  // A digest asks for a manifest and is what its bytes are held to, so a header that says otherwise changes nothing at
  // the source; the bodies of a target's answers are not read at all.
  const harmless = side === 'source' ? 'wrong-digest' : 'wrong-bytes';
  const fatal = [...passing, ...lasting].filter(([, { kind }]) => kind !== harmless && kind !== 'slow');
  test.each(fatal)('%s, at every request, ends in a clear error and tags nothing', async (_, fault) => {
    const { outcomes, into } = await copyPast(side, { fault: () => fault });
    expect(outcomes.map((outcome) => outcome.result)).toEqual(['failed', 'failed']);
    await expectWholeOrNothing(outcomes[0], `${into}/a`, index);
    await expectWholeOrNothing(outcomes[1], `${into}/b`, other);
  });
});

test.each(['as-they-are', 'relative', 'here'] as const)('locations of uploads may be %s', async (locations) => {
  const { outcomes, into } = await copyPast('target', { locations });
  expect(outcomes.map((outcome) => outcome.result)).toEqual(['copied', 'copied']);
  await expectWholeOrNothing(outcomes[0], `${into}/a`, index);
});

test('a tag that moves at the source during the copy changes nothing: what was found is what arrives', async () => {
  await pushImage(source.url, 'moving', '1', index);
  const { registries } = await openRegistries();
  const plan = planOf({ image: index, from: `${source.host}/moving:1`, to: `${target.host}/moving:1` });
  await pushImage(source.url, 'moving', '1', other);
  const options = { concurrency: 1, log: silentLog, signal: new AbortController().signal };
  const outcomes = await copyImages(plan, registries, options);
  await registries.close();
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
  await expectWholeOrNothing(outcomes[0], 'moving', index);
});

test.each(['source', 'target'] as const)(
  'a redirect of the %s to another host is followed without credentials',
  async (side) => {
    const away = await startFaultProxy(side === 'source' ? source.host : target.host);
    const { outcomes, into } = await copyPast(side, {
      fault: ({ headers, method }) => {
        if (headers.authorization === undefined) {
          return { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
        }
        return method === 'GET' || method === 'HEAD' ? { kind: 'redirect', to: away.host } : undefined;
      },
      credential: { kind: 'basic', username: 'robot', password: 'opensesame' },
    });
    await away.stop();
    expect(outcomes.map((outcome) => outcome.result)).toEqual(['copied', 'copied']);
    await expectWholeOrNothing(outcomes[0], `${into}/a`, index);
    expect(away.requests.length).toBeGreaterThan(0);
    expect(away.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  },
);

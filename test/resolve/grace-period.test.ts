/** Places behind the one that has the image: what they say later cannot change where it comes from. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { candidatesOf } from '../../src/resolve/candidates.ts';
import { createGracePeriod } from '../../src/resolve/grace-period.ts';
import type { Candidate, Lookup } from '../../src/resolve/resolution.ts';
import { referenceOf, sourcesOf } from '../support/discovered.ts';

function candidate(host: string): Candidate {
  const [one] = candidatesOf(referenceOf('a:1'), sourcesOf(host), ['whole']);
  if (one === undefined) throw new Error('a source makes a candidate');
  return one;
}

const never = new Promise<Lookup>(() => {});

async function absentAfter(milliseconds: number, host: string): Promise<Lookup> {
  await sleep(milliseconds);
  return { result: 'absent', candidate: candidate(host), reason: 'not there' };
}

describe.concurrent('a place behind the hit', () => {
  test('that does not respond does not delay the run, and is not absent', async () => {
    const lookup = await createGracePeriod().wait(candidate('r.io'), never);
    expect(lookup).toMatchObject({
      result: 'unknown',
      candidate: { reference: { registry: 'r.io' } },
      error: { code: 'timeout', message: expect.stringContaining('r.io did not respond in time') },
    });
  });

  test('that takes its time is heard', async () => {
    expect(await createGracePeriod().wait(candidate('r.io'), absentAfter(300, 'r.io'))).toMatchObject({
      result: 'absent',
    });
  });

  test('that was late once is not waited for again, for each of a hundred images', async () => {
    const latecomers = createGracePeriod();
    await latecomers.wait(candidate('r.io'), never);
    const again = latecomers.wait(candidate('r.io'), never).then(({ result }) => result);
    expect(await Promise.race([again, absentAfter(1000, 'r.io').then(() => 'waited for')])).toBe('unknown');
  });

  test('is heard although another registry was late', async () => {
    const latecomers = createGracePeriod();
    await latecomers.wait(candidate('r.io'), never);
    expect(await latecomers.wait(candidate('q.io'), absentAfter(300, 'q.io'))).toMatchObject({ result: 'absent' });
  });

  test('that answered in time is not late afterwards', async () => {
    const latecomers = createGracePeriod();
    await latecomers.wait(candidate('q.io'), absentAfter(10, 'q.io'));
    await latecomers.wait(candidate('r.io'), never);
    await sleep(100);
    expect(await latecomers.wait(candidate('q.io'), absentAfter(300, 'q.io'))).toMatchObject({ result: 'absent' });
  });

  test('that fails keeps its own error', async () => {
    const failure = new Error('closed');
    await expect(createGracePeriod().wait(candidate('r.io'), Promise.reject(failure))).rejects.toBe(failure);
  });
});

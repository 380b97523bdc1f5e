/** Long operations of Azure: how long a run waits, what ends it, and what it believes. */
import { afterEach, expect, test, vi } from 'vitest';
import { waitForOperation } from '../../../src/registry/azure/operation.ts';
import { armError, json, me, type ScriptedArm, scriptedArm } from '../../azure/scripted-arm.ts';
import type { Reply, SeenRequest } from '../../support/fault-server.ts';

afterEach(() => {
  vi.useRealTimers();
});

const now = { 'retry-after': '0' };

/** A poll after the operation was accepted with these headers. */
async function operation(
  answer: (request: SeenRequest, count: number) => Reply,
  headers: Record<string, string> = { 'azure-asyncoperation': '/status' },
  status = 202,
): Promise<ScriptedArm & { wait(): Promise<void> }> {
  const scripted = await scriptedArm(answer);
  const url = new URL('/start', scripted.server.url);
  const started = { status, headers: { ...now, ...headers }, url, bytes: Buffer.alloc(0) };
  const wait = async () => await waitForOperation(started, 'import a', scripted.arm, scripted.signal);
  return { ...scripted, wait };
}

test('an operation is asked for until it has succeeded', async () => {
  const states = ['Accepted', 'Running', 'SUCCEEDED', 'Failed'];
  const { wait, asked } = await operation((_, count) => json({ status: states[count] }, now));
  await wait();
  expect(asked()).toEqual(['GET /status', 'GET /status', 'GET /status']);
});

test.each(['Failed', 'Canceled', 'cancelled'])('an operation that ended as %s is no success', async (status) => {
  const { wait } = await operation(() => json({ status, error: { code: 'Conflict', message: 'No.' } }, now));
  await expect(wait()).rejects.toMatchObject({
    code: 'azure-operation',
    message: `Cannot import a as ${me}: the Azure operation failed (Conflict: No).`,
  });
});

test('an operation that failed without a reason is shown with its status', async () => {
  const { wait } = await operation(() => json({ status: 'Failed' }, now));
  await expect(wait()).rejects.toMatchObject({ message: expect.stringContaining('(Failed)') });
});

test('an answer without a status is not taken for success', async () => {
  const { wait } = await operation(() => json({ done: true }, now));
  await expect(wait()).rejects.toMatchObject({ message: expect.stringContaining('(a response without a status)') });
});

test('an operation with only a Location ends with the first answer that is not 202', async () => {
  const { wait, asked } = await operation((_, count) => json({}, now, count < 2 ? 202 : 200), { location: '/where' });
  await wait();
  expect(asked()).toEqual(['GET /where', 'GET /where', 'GET /where']);
});

test.each<[string, Record<string, string>, number]>([
  ['without a place to ask', {}, 202],
  ['that has ended at once and says where its result is', { location: '/result' }, 201],
  ['with a place that is none', { 'azure-asyncoperation': 'http://[' }, 202],
])('an operation %s is not waited for', async (_, headers, status) => {
  const { wait, asked } = await operation(() => json({}), headers, status);
  await wait();
  expect(asked()).toEqual([]);
});

test('five failed polls in a row are passed over, because they say nothing of the operation', async () => {
  const failing: readonly Reply[] = Array.from({ length: 5 }, () => armError(501, 'Gateway', '', now));
  const answers = [...failing, json({ status: 'Running' }, now), ...failing, json({ status: 'Succeeded' })];
  const { wait, asked } = await operation((_, count) => answers[count] ?? 'hang-up');
  await wait();
  expect(asked()).toHaveLength(12);
});

test('a sixth failed poll in a row ends the wait with the error of Azure', async () => {
  const { wait, asked } = await operation(() => armError(501, 'Gateway', '', now));
  await expect(wait()).rejects.toMatchObject({ status: 501 });
  expect(asked()).toHaveLength(6);
});

test('a poll that is refused ends the wait at once', async () => {
  const { wait, asked } = await operation(() => armError(403, 'AuthorizationFailed'));
  await expect(wait()).rejects.toMatchObject({ code: 'denied' });
  expect(asked()).toHaveLength(1);
});

test('an operation whose status is gone is an error that says it had started', async () => {
  const { wait } = await operation(() => armError(404, 'NotFound', 'Gone.'));
  await expect(wait()).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringMatching(/\(NotFound: Gone\.\)\. The operation had started before\.$/),
    advice: expect.stringContaining('Run again'),
  });
});

test('an interrupt ends the wait between two polls', async () => {
  const { wait, cancel } = await operation(() => json({ status: 'Running' }, { 'retry-after': '50' }));
  const waiting = wait();
  setTimeout(cancel, 50);
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
});

test('an operation without an end is given up after 45 minutes', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { wait, asked } = await operation(() => {
    vi.advanceTimersByTime(20 * 60_000);
    return json({ status: 'Running' }, now);
  });
  await expect(wait()).rejects.toMatchObject({
    code: 'azure-operation',
    message: 'Cannot import a: the Azure operation has not finished after 45 minutes.',
  });
  expect(asked()).toHaveLength(3);
});

test('a server that asks for a pause of an hour is asked again within a minute, not given up', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { wait, cancel } = await operation(() => {
    // A minute fits before the end, an hour would not.
    vi.advanceTimersByTime(30 * 60_000);
    setTimeout(cancel, 50);
    return json({ status: 'Running' }, { 'retry-after': '3600' });
  });
  await expect(wait()).rejects.toMatchObject({ code: 'cancelled' });
});

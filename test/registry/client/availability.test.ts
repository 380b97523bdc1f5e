/** Which requests to a server that can't be used for the moment are sent, and when it is tested again. */
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import type { HttpResponse } from '../../../src/core/http/response.ts';
import { type Availability, createAvailability } from '../../../src/registry/client/availability.ts';
import { ResponseError } from '../../../src/registry/client/registry-error.ts';

interface Clock {
  /** Milliseconds. */
  now: number;
}

function startAvailability(): { readonly availability: Availability; readonly clock: Clock } {
  const clock: Clock = { now: 0 };
  return { availability: createAvailability(() => clock.now), clock };
}

const unreachable = (): ChartImagesError =>
  new ChartImagesError('network', 'Cannot access r.io.', { advice: '', cause: new Error('ECONNREFUSED') });

function responseOf(status: number, headers: HttpResponse['headers'] = {}): ResponseError {
  const error = new ChartImagesError('registry-answer', `r.io returned ${status}.`, { advice: '' });
  return new ResponseError(error, { status, headers, url: new URL('https://r.io/'), bytes: Buffer.alloc(0) });
}

/** Whether a request of the kind may be sent now. */
function isAdmitted(availability: Availability, kind: string): boolean {
  try {
    availability.admit(kind);
    return true;
  } catch {
    return false;
  }
}

const [halfMinute, hour] = [30_000, 3_600_000];

test('after half a minute, one request of any kind tests an unreachable server, and the others still wait', () => {
  const { availability, clock } = startAvailability();
  availability.begin('GET blobs', 'a').failed(unreachable(), 'this server');
  clock.now = halfMinute - 1;
  expect(isAdmitted(availability, 'HEAD manifests')).toBe(false);
  clock.now = halfMinute;
  expect(['HEAD manifests', 'GET blobs', 'HEAD manifests'].map((kind) => isAdmitted(availability, kind))).toEqual([
    true,
    false,
    false,
  ]);
});

test('a test that succeeds opens the server for all kinds of requests', () => {
  const { availability, clock } = startAvailability();
  availability.begin('GET blobs', 'a').failed(unreachable(), 'this server');
  clock.now = halfMinute;
  const attempt = availability.begin('HEAD manifests', 'b');
  expect(isAdmitted(availability, 'HEAD manifests')).toBe(true);
  attempt.succeeded();
  expect(['HEAD manifests', 'GET blobs', 'GET blobs'].every((kind) => isAdmitted(availability, kind))).toBe(true);
});

test('a test that fails closes the server for another half a minute, with the first error', () => {
  const { availability, clock } = startAvailability();
  const first = unreachable();
  availability.begin('GET blobs', 'a').failed(first, 'this server');
  clock.now = halfMinute;
  const attempt = availability.begin('GET blobs', 'b');
  expect(isAdmitted(availability, 'GET blobs')).toBe(true);
  clock.now += 5_000;
  expect(attempt.failed(unreachable(), 'this server')).toBe(first);
  clock.now += halfMinute - 1;
  expect(() => availability.check('GET blobs')).toThrow(first);
  clock.now += 1;
  expect(isAdmitted(availability, 'GET blobs')).toBe(true);
});

test('a test whose answer never comes is followed by another one after half a minute', () => {
  const { availability, clock } = startAvailability();
  availability.begin('GET blobs', 'a').failed(unreachable(), 'this server');
  clock.now = halfMinute;
  expect(isAdmitted(availability, 'GET blobs')).toBe(true);
  clock.now += halfMinute;
  expect(isAdmitted(availability, 'GET blobs')).toBe(true);
});

test('a check does not use up the test of a server', () => {
  const { availability, clock } = startAvailability();
  availability.begin('GET blobs', 'a').failed(unreachable(), 'this server');
  clock.now = halfMinute;
  availability.check('GET blobs');
  availability.check('GET blobs');
  expect(isAdmitted(availability, 'GET blobs')).toBe(true);
});

test('a limit of an hour for manifests is tested after that hour, and blobs are read meanwhile', () => {
  const { availability, clock } = startAvailability();
  availability.begin('GET manifests', 'a').failed(responseOf(429, { 'retry-after': '3600' }), 'this server');
  clock.now = hour - 1;
  expect(isAdmitted(availability, 'GET manifests')).toBe(false);
  expect(isAdmitted(availability, 'GET blobs')).toBe(true);
  clock.now = hour;
  expect(isAdmitted(availability, 'GET manifests')).toBe(true);
});

test('a request that meets the limit of its kind does not extend it while the server as a whole is tested', () => {
  const { availability, clock } = startAvailability();
  const limit = responseOf(429, { 'retry-after': '60' });
  availability.begin('GET manifests', 'a').failed(limit, 'this server');
  availability.begin('GET blobs', 'b').failed(unreachable(), 'this server');
  clock.now = 45_000;
  // The server may be tested, the limit is not over.
  const attempt = availability.begin('GET manifests', 'c');
  expect(() => availability.admit('GET manifests')).toThrow(limit);
  expect(attempt.failed(limit, 'this server')).toBe(limit);
  clock.now = 60_000;
  expect(isAdmitted(availability, 'GET manifests')).toBe(true);
});

test('one image that fails with 500 blocks nothing, and a second one blocks requests of this kind', () => {
  const { availability } = startAvailability();
  for (let times = 0; times < 3; times += 1) {
    expect(availability.begin('GET manifests', 'look up a').failed(responseOf(500), 'this server')).toBeUndefined();
  }
  const second = responseOf(500);
  expect(availability.begin('GET manifests', 'look up b').failed(second, 'this server')).toBe(second);
  expect(isAdmitted(availability, 'GET manifests')).toBe(false);
  expect(isAdmitted(availability, 'HEAD manifests')).toBe(true);
});

test.each([401, 403, 404, 416])('a server that answers %i is available', (status) => {
  const { availability } = startAvailability();
  for (const operation of ['a', 'b', 'c']) {
    expect(availability.begin('GET manifests', operation).failed(responseOf(status), 'this server')).toBeUndefined();
  }
  expect(isAdmitted(availability, 'GET manifests')).toBe(true);
});

test('a storage host that cannot be reached does not block the registry that redirects to it', () => {
  const { availability } = startAvailability();
  for (const operation of ['a', 'b']) {
    availability.begin('GET blobs', operation).failed(unreachable(), 'another server');
  }
  expect(isAdmitted(availability, 'GET blobs')).toBe(false);
  expect(isAdmitted(availability, 'HEAD manifests')).toBe(true);
});

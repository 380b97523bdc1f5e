import { expect, onTestFinished, test, vi } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { createStoreCredentialCache } from '../../../src/mirror/destination/store-registry.ts';

const hour = 3_600_000;
const start = Date.parse('2026-01-01T00:00:00Z');

/** A credential that is valid for a day, and whose renewal may fail. */
async function credential() {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const azure = { isDown: false, requests: 0 };
  const cache = await createStoreCredentialCache(async () => {
    azure.requests += 1;
    if (azure.isDown) throw new ChartImagesError('azure-operation', 'Azure returned 503.', { advice: 'Wait.' });
    return { registry: 'r.azurecr.io', username: 'm', password: `p${azure.requests}`, expires: Date.now() + 24 * hour };
  });
  return { azure, cache, at: (hours: number) => vi.setSystemTime(start + hours * hour) };
}

test('a credential with 29 minutes left is used while its renewal fails, and renewed as soon as it can be', async () => {
  const { azure, cache, at } = await credential();
  azure.isDown = true;
  at(24 - 29 / 60);
  expect(await cache.credential()).toMatchObject({ password: 'p1' });
  expect(await cache.credential()).toMatchObject({ password: 'p1' });
  // Not again for each request.
  expect(azure.requests).toBe(2);
  azure.isDown = false;
  at(24 - 27 / 60);
  expect(await cache.credential()).toMatchObject({ password: 'p3' });
});

test('a credential that has expired is an error if it cannot be renewed', async () => {
  const { azure, cache, at } = await credential();
  azure.isDown = true;
  at(24.1);
  await expect(cache.credential()).rejects.toMatchObject({ code: 'azure-operation' });
});

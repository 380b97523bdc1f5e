import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import type { Reply } from '../../support/fault-server.ts';
import { registryThat } from './registry-fixtures.ts';

const manifest = Buffer.from(
  JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: {}, layers: [] }),
);
const digest = computeDigest(manifest);
const here: Reply = {
  status: 200,
  headers: {
    'content-type': mediaTypes.ociManifest,
    'content-length': String(manifest.length),
    'docker-content-digest': digest,
  },
  body: manifest,
};

test('as many requests are in flight as concurrency allows, and never more', async () => {
  let flying = 0;
  let most = 0;
  const { registry } = await registryThat(
    async () => {
      flying += 1;
      most = Math.max(most, flying);
      await new Promise((resolve) => setTimeout(resolve, 10));
      flying -= 1;
      return here;
    },
    { concurrency: 3 },
  );
  await Promise.all(Array.from({ length: 12 }, (_, index) => registry.headManifest('a', String(index))));
  expect(most).toBe(3);
});

test('a registry that throttles gets half as many parallel requests from then on', async () => {
  let flying = 0;
  let most = 0;
  let refused = 0;
  const { registry, server } = await registryThat(
    async ({ path }) => {
      const number = Number(path.split('/').at(-1));
      if (number < 16 && refused < 16) {
        refused += 1;
        return { status: 429, headers: { 'retry-after': '0' } };
      }
      flying += 1;
      // What was refused has its place already when it comes again.
      if (number >= 32) most = Math.max(most, flying);
      await new Promise((resolve) => setTimeout(resolve, 10));
      flying -= 1;
      return here;
    },
    { concurrency: 16, patience: 20_000 },
  );
  const answers = Array.from({ length: 48 }, (_, index) => registry.headManifest('a', String(index)));
  expect((await Promise.all(answers)).every(({ result }) => result === 'found')).toBe(true);
  expect(server.requests.length).toBeGreaterThanOrEqual(48 + 16);
  // It has grown by two meanwhile: by one for every eight or nine that it took.
  expect(most).toBeGreaterThanOrEqual(8);
  expect(most).toBeLessThanOrEqual(11);
});

test('cancelling ends an upload, and its content is given up', async () => {
  const abort = new AbortController();
  const { registry } = await registryThat(() => ({ status: 202, headers: { location: '/up' } }), {
    signal: abort.signal,
  });
  // Content that never ends; the upload waits for the rest of it.
  const content = new Readable({ read() {} });
  content.push('lay');
  const upload = registry.putBlob('a', { digest, size: 5 }, content);
  setTimeout(() => abort.abort(), 50);
  await expect(upload).rejects.toMatchObject({ code: 'cancelled' });
  expect(content.destroyed).toBe(true);
});

test('what a registry says cannot speak to the runner', async () => {
  const errors = [{ code: 'DENIED', message: 'no\n::error::pwned\n\u001b[2J' }];
  const { registry } = await registryThat(() => ({ status: 403, body: JSON.stringify({ errors }) }));
  const error: unknown = await registry.getManifest('a', '1').catch((thrown: unknown) => thrown);
  const message = error instanceof Error ? error.message : '';
  expect(message).toContain('DENIED: no ::error::pwned [2J');
  expect(message).not.toMatch(/\p{Cc}/u);
});

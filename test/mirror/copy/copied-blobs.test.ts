/** Which blobs are read, from where, and what an observer sees: what a copy costs, and what its progress shows. */
import { expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import type { CopyObserver } from '../../../src/mirror/copy/copy-observer.ts';
import type { NonDistributableLayerReader } from '../../../src/mirror/copy/non-distributable-layers.ts';
import { VerifiedBlobStream } from '../../../src/mirror/copy/verified-blob.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { callsOf, copy, one, sourceWith } from '../../support/copying.ts';
import { makeForeignImage } from '../../support/foreign-image.ts';
import { makeImage } from '../../support/images.ts';
import { blobOf, inPieces, memoryRegistries, memoryRegistry } from '../../support/memory-registry.ts';
import { planOf } from '../../support/planned.ts';

const signal = new AbortController().signal;

/** `start`, `read <digest>`, `done <digest>`, and `end`, and how many bytes had come at each end of a blob. */
function watching() {
  const seen: string[] = [];
  const received = new Map<string, () => number>();
  const counts: number[] = [];
  const observer: CopyObserver = {
    onStart: () => seen.push('start'),
    onProgress(blob, bytes) {
      seen.push(`read ${blob.digest}`);
      received.set(blob.digest, bytes);
    },
    onBlobDone(blob) {
      seen.push(`done ${blob.digest}`);
      counts.push(received.get(blob.digest)?.() ?? 0);
    },
    onEnd: ({ result }) => seen.push(`end ${result}`),
  };
  return { seen, counts, observer };
}

test('progress shows the start of an image, each blob with its bytes, and its end', async () => {
  const { seen, counts, observer } = watching();
  const source = sourceWith({ a: one });
  const plan = planOf({ image: one, from: 's.io/a', to: 't.io/a:1' });
  const registries = memoryRegistries(source, memoryRegistry('t.io'));
  await copyImages(plan, registries, { concurrency: 1, log: silentLog, signal, observer });
  expect([seen[0], seen.at(-1)]).toEqual(['start', 'end copied']);
  const digests = one.blobs.map(({ digest }) => digest).sort();
  for (const kind of ['read', 'done']) {
    expect(seen.flatMap((line) => (line.startsWith(kind) ? [line.slice(5)] : [])).sort()).toEqual(digests);
  }
  expect(counts.toSorted()).toEqual(one.blobs.map(({ bytes }) => bytes.length).toSorted());
});

test('progress counts a blob that the target has as done, and not as read', async () => {
  const { seen, observer } = watching();
  const source = sourceWith({ a: one });
  const plan = planOf({ image: one, from: 's.io/a', to: 's.io/b:1' });
  await copyImages(plan, memoryRegistries(source), { concurrency: 1, log: silentLog, signal, observer });
  expect(seen.filter((line) => line.startsWith('read'))).toEqual([]);
  expect(seen.filter((line) => line.startsWith('done'))).toHaveLength(one.blobs.length);
});

test('an image that is there already ends without a start', async () => {
  const { seen, observer } = watching();
  const plan = planOf({ image: one, from: 's.io/a', to: 't.io/a:1', step: { action: 'exists' } });
  const registries = memoryRegistries(memoryRegistry('s.io'), memoryRegistry('t.io'));
  await copyImages(plan, registries, { concurrency: 1, log: silentLog, signal, observer });
  expect(seen).toEqual(['end present']);
});

test('a target that has the layers does not cost their download: after its first answers nothing is read early', async () => {
  const image = await makeImage({ seed: 'many', layers: [100, 200, 300, 400] });
  const target = memoryRegistry('t.io');
  target.add('a', 'old', image);
  const lacking: Registry = {
    ...target,
    // The layers are there, and the image is not.
    headManifest: async (repository, key) =>
      key === '1' ? target.headManifest(repository, key) : { result: 'absent', reason: 'not found' },
  };
  const source = sourceWith({ a: image });
  await copy({ registries: [source, lacking], copies: [{ image, from: 's.io/a', to: 't.io/a:1' }], concurrency: 1 });
  // The second one may start before the first answer is noted.
  expect(callsOf(source, 'getBlob').length).toBeLessThanOrEqual(2);
  expect(image.blobs).toHaveLength(5);
});

test('a fresh target does not wait for its own answer before a layer is read', async () => {
  const source = sourceWith({ a: one });
  const target = memoryRegistry('t.io');
  const readBefore: number[] = [];
  const slow: Registry = {
    ...target,
    async putBlob(repository, blob, content, from) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      readBefore.push(callsOf(source, 'getBlob').length);
      return target.putBlob(repository, blob, content, from);
    },
  };
  await copy({ registries: [source, slow], copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }], concurrency: 1 });
  expect(readBefore).toEqual([1, 2, 3]);
});

test('the last line of a copy has the time that it took, not the time of day', async () => {
  const lines: string[] = [];
  const log = { ...silentLog, info: (line: string) => lines.push(line) };
  const plan = planOf({ image: one, from: 's.io/a', to: 't.io/a:1' });
  const registries = memoryRegistries(sourceWith({ a: one }), memoryRegistry('t.io'));
  await copyImages(plan, registries, { concurrency: 1, log, signal });
  expect(Number(/ in (\d+\.\d) s:/.exec(lines.at(-1) ?? '')?.[1])).toBeLessThan(1_000_000);
});

/** A copy of an image with a foreign layer, whose bytes only the reader has. */
async function copyForeign(to: string, isRead: boolean) {
  const { image, layer } = await makeForeignImage({ layers: [100, 200], urls: () => ['https://w.example/layer'] });
  const registry = sourceWith({ a: image });
  const asked: string[] = [];
  const reader: NonDistributableLayerReader = (from, { digest, urls }) => ({
    ...from,
    getBlob: async (_, __, offset = 0) => {
      asked.push(`${from.host} ${digest} ${urls.join()}`);
      return inPieces(Buffer.from(layer.bytes).subarray(offset));
    },
  });
  const target = memoryRegistry('t.io');
  const plan = planOf({ image, from: 's.io/a', to });
  // A registry takes an image without the content of its foreign layers.
  const outcomes = await copyImages(plan, memoryRegistries(registry, target), {
    concurrency: 2,
    log: silentLog,
    signal,
    ...(isRead ? { nonDistributable: reader } : {}),
  });
  return { outcomes, asked, layer, image, calls: [...registry.calls, ...target.calls], registry, target };
}

test('a foreign layer stays a reference: nothing asks for it, and the image arrives', async () => {
  const { outcomes, asked, layer, calls } = await copyForeign('t.io/a:1', false);
  expect(outcomes).toMatchObject([{ result: 'copied' }]);
  expect(asked).toEqual([]);
  expect(calls.filter((call) => call.includes(layer.digest))).toEqual([]);
});

test('a foreign layer that is wanted is read from its own place, and its bytes are counted', async () => {
  const { outcomes, asked, layer, image, target } = await copyForeign('t.io/a:1', true);
  const size = [...image.blobs, layer].reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect(outcomes).toMatchObject([{ result: 'copied', bytes: size }]);
  expect(asked).toEqual([`s.io ${layer.digest} https://w.example/layer`]);
  expect(target.bytesOf(`a ${layer.digest}`)).toEqual(Buffer.from(layer.bytes));
});

test('a foreign layer is never mounted from the source, which may not have it', async () => {
  const { outcomes, layer, calls } = await copyForeign('s.io/mirror/a:1', true);
  expect(outcomes).toMatchObject([{ result: 'copied', bytes: layer.bytes.length }]);
  const puts = calls.filter((call) => call.startsWith('putBlob '));
  expect(puts.find((call) => call.includes(layer.digest))).toBe(`putBlob mirror/a ${layer.digest} from mirror/a`);
  expect(puts.filter((call) => call.endsWith('from a'))).toHaveLength(2);
});

test('a layer that breaks off while its target reads is opened once more, not twice', async () => {
  const bytes = Buffer.from('the content of a layer in several pieces of sixteen bytes each');
  const offsets: number[] = [];
  const content = new VerifiedBlobStream(
    async (offset) => {
      offsets.push(offset);
      if (offset > 0) {
        // The target takes what waits meanwhile, and asks for more.
        await new Promise((resolve) => setTimeout(resolve, 20));
        return inPieces(bytes.subarray(offset));
      }
      const source = inPieces(bytes.subarray(0, 48));
      source.once('end', () => {});
      let given = 0;
      source.on('data', (piece: Buffer) => {
        given += piece.length;
        if (given === 48) source.destroy(new Error('cut'));
      });
      return source;
    },
    blobOf(bytes),
    's.io/a@x',
  );
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  expect(Buffer.concat(pieces)).toEqual(bytes);
  expect(offsets).toEqual([0, 48]);
});

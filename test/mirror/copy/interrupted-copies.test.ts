/** A run that is told to stop: what it leaves behind, and how soon. */
import { getEventListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { copyFailures } from '../../../src/mirror/copy/copy-summary.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { arm, copy, index, one, results, sourceWith, tags, two } from '../../support/copying.ts';
import { type MemoryRegistry, memoryRegistry } from '../../support/memory-registry.ts';

describe('an interrupted copy', () => {
  /** A source whose blobs send one piece and then nothing more; `stalled` resolves when so many of them wait. */
  function stallingSource(source: MemoryRegistry, wanted: number) {
    const streams: PassThrough[] = [];
    let tell = () => {};
    const stalled = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const registry: Registry = {
      ...source,
      async getBlob() {
        const stream = new PassThrough();
        stream.write(Buffer.from('x'));
        streams.push(stream);
        if (streams.length === wanted) tell();
        return stream;
      },
    };
    return { registry, streams, stalled };
  }

  test('ends while the source sends nothing, closes its streams, and tags nothing', async () => {
    const source = sourceWith({ a: one, b: two, c: arm });
    const target = memoryRegistry('t.io');
    const { registry, streams, stalled } = stallingSource(source, 2);
    const controller = new AbortController();
    const running = copy({
      registries: [registry, target],
      copies: [
        { image: one, from: 's.io/a', to: 't.io/a:1' },
        { image: two, from: 's.io/b', to: 't.io/b:1' },
        { image: arm, from: 's.io/c', to: 't.io/c:1' },
      ],
      concurrency: 2,
      signal: controller.signal,
    });
    await stalled;
    controller.abort();
    const outcomes = await running;
    const calls = [source.calls.length, target.calls.length];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(results(outcomes)).toEqual(Array(3).fill('failed cancelled'));
    expect(tags(target)).toEqual([]);
    expect(streams.map((stream) => stream.destroyed)).toEqual([true, true]);
    expect([source.calls.length, target.calls.length]).toEqual(calls);
    expect(copyFailures(outcomes)).toEqual([]);
  });

  test('ends while a registry does not respond', async () => {
    const source = sourceWith({ a: one });
    const silent: Registry = { ...source, getManifest: () => new Promise(() => {}) };
    const controller = new AbortController();
    const running = copy({
      registries: [silent, memoryRegistry('t.io')],
      copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }],
      signal: controller.signal,
    });
    setImmediate(() => controller.abort());
    expect(results(await running)).toEqual(['failed cancelled']);
  });

  test('copies nothing when the run was interrupted before', async () => {
    const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
    const outcomes = await copy({
      registries: [source, target],
      copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }],
      signal: AbortSignal.abort(),
    });
    expect(results(outcomes)).toEqual(['failed cancelled']);
    expect([...source.calls, ...target.calls]).toEqual([]);
  });

  test('keeps what was finished before', async () => {
    const source = sourceWith({ a: one, b: two });
    const target = memoryRegistry('t.io');
    const controller = new AbortController();
    const outcomes = await copy({
      registries: [source, target],
      copies: [
        { image: one, from: 's.io/a', to: 't.io/a:1' },
        { image: two, from: 's.io/b', to: 't.io/b:1' },
      ],
      concurrency: 1,
      signal: controller.signal,
      onOutcome: () => controller.abort(),
    });
    expect(results(outcomes)).toEqual(['copied', 'failed cancelled']);
    expect(tags(target)).toEqual(['a:1']);
  });

  test('gives no tag to an image whose last layer arrives after the interrupt', async () => {
    const [source, target] = [sourceWith({ a: one }), memoryRegistry('t.io')];
    const controller = new AbortController();
    let arrived = 0;
    const slow: Registry = {
      ...target,
      async putBlob(repository, blob, content, from) {
        const pushResult = await target.putBlob(repository, blob, content, from);
        arrived += 1;
        if (arrived === one.blobs.length) controller.abort();
        return pushResult;
      },
    };
    const outcomes = await copy({
      registries: [source, slow],
      copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }],
      signal: controller.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(results(outcomes)).toEqual(['failed cancelled']);
    expect(arrived).toBe(one.blobs.length);
    expect(target.calls.filter((call) => call.startsWith('putManifest'))).toEqual([]);
  });

  test('gives no platform of an index its manifest after the interrupt', async () => {
    const [source, target] = [sourceWith({ a: index }), memoryRegistry('t.io')];
    const controller = new AbortController();
    const slow: Registry = {
      ...target,
      async putBlob(repository, blob, content, from) {
        const pushResult = await target.putBlob(repository, blob, content, from);
        controller.abort();
        return pushResult;
      },
    };
    const outcomes = await copy({
      registries: [source, slow],
      copies: [{ image: index, from: 's.io/a', to: 't.io/a:1' }],
      signal: controller.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(results(outcomes)).toEqual(['failed cancelled']);
    expect(target.calls.filter((call) => call.startsWith('putManifest'))).toEqual([]);
  });

  test('leaves nothing that listens for the interrupt when it is done', async () => {
    const { signal } = new AbortController();
    await copy({
      registries: [sourceWith({ a: one }), memoryRegistry('t.io')],
      copies: [{ image: one, from: 's.io/a', to: 't.io/a:1' }],
      signal,
    });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

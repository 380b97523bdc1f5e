/** One blob on its way: what a target says of it is believed only when its bytes have passed. */

import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { copyBlob, smallBlob } from '../../../src/mirror/copy/copy-blob.ts';
import type { BlobContent, Registry } from '../../../src/registry/client/registry.ts';
import { blobOf, bytesIn, inPieces, memoryRegistry } from '../../support/memory-registry.ts';

const bytes = Buffer.alloc(smallBlob + 1, 'layer');
const blob = blobOf(bytes);

interface Setting {
  readonly source?: Partial<Registry>;
  readonly target?: Partial<Registry>;
  readonly reading?: 'early' | 'when-wanted';
  readonly signal?: AbortSignal;
  readonly of?: Buffer;
  readonly onStream?: (arrived: () => number) => void;
}

function move({ source = {}, target = {}, reading = 'when-wanted', signal, of = bytes, onStream }: Setting) {
  const whole = { getBlob: async () => inPieces(of, 16 * 1024) };
  const from = { registry: { ...memoryRegistry('s.io'), ...whole, ...source }, repository: 'a' };
  const to = { registry: { ...memoryRegistry('t.io'), ...target }, repository: 'b' };
  return copyBlob({ from, to }, blobOf(of), {
    mountFrom: 'b',
    reading,
    signal: signal ?? new AbortController().signal,
    onStream,
  });
}

/** A target that says 201 after the first piece, and hangs up. */
async function answersEarly(_repository: string, _blob: unknown, content: BlobContent): Promise<'uploaded'> {
  const opened = typeof content === 'function' ? await content() : content;
  if (Buffer.isBuffer(opened)) throw new Error('a large blob comes as a stream');
  await once(opened, 'readable');
  opened.read(1);
  return 'uploaded';
}

test('a target that responds "created" before it has all bytes and does not have the blob fails the upload', async () => {
  const moving = move({ target: { putBlob: answersEarly, hasBlob: async () => false } });
  await expect(moving).rejects.toMatchObject({
    code: 'registry-answer',
    message: `Cannot upload t.io/b@${blob.digest}: the registry closed the upload before it received all bytes.`,
  });
});

test('a target that responds "created" early because it already has the blob completes the upload', async () => {
  const moving = move({ target: { putBlob: answersEarly, hasBlob: async () => true } });
  expect(await moving).toEqual({ pushResult: 'exists', bytes: 0 });
});

test('a blob of the size limit is sent in one request, and one byte more is streamed', async () => {
  const seen: string[] = [];
  const target = {
    async putBlob(_repository: string, { size }: { readonly size: number }, content: BlobContent) {
      const opened = typeof content === 'function' ? await content() : content;
      seen.push(`${size} ${Buffer.isBuffer(opened) ? 'whole' : 'streamed'}`);
      await bytesIn(opened);
      return 'uploaded' as const;
    },
  };
  for (const size of [smallBlob, smallBlob + 1]) {
    const of = Buffer.alloc(size, 'x');
    expect(await move({ target, of })).toEqual({ pushResult: 'uploaded', bytes: size });
  }
  expect(seen).toEqual([`${smallBlob} whole`, `${smallBlob + 1} streamed`]);
});

test.each([
  ['early', 1],
  ['when-wanted', 0],
] as const)('a target that has the blob lets a source that is read %s be closed', async (reading, reads) => {
  const opened: Readable[] = [];
  const source = {
    getBlob: async () => {
      const stream = new PassThrough();
      opened.push(stream);
      return stream;
    },
  };
  const target = {
    async putBlob() {
      await new Promise((resolve) => setImmediate(resolve));
      return 'exists' as const;
    },
  };
  expect(await move({ source, target, reading })).toEqual({ pushResult: 'exists', bytes: 0 });
  expect(opened.map(({ destroyed }) => destroyed)).toEqual(Array(reads).fill(true));
});

test('a source that was read early is not opened a second time for the upload', async () => {
  let opened = 0;
  const source = {
    getBlob: async () => {
      opened += 1;
      return inPieces(bytes, 16 * 1024);
    },
  };
  expect(await move({ source, reading: 'early' })).toEqual({ pushResult: 'uploaded', bytes: blob.size });
  expect(opened).toBe(1);
});

test('an interrupted run is reported as cancelled, not as an error of the target', async () => {
  const controller = new AbortController();
  const target = {
    async putBlob(): Promise<never> {
      controller.abort();
      throw new Error('socket hang up');
    },
  };
  await expect(move({ target, signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
});

test('how much of a blob has come can be read off from its beginning to its end', async () => {
  const readings: number[] = [];
  let read = (): number => -1;
  const target = {
    async putBlob(_repository: string, _blob: unknown, content: BlobContent) {
      const opened = typeof content === 'function' ? await content() : content;
      readings.push(read());
      await bytesIn(opened);
      readings.push(read());
      return 'uploaded' as const;
    },
  };
  const onStream = (arrived: () => number) => {
    read = arrived;
    readings.push(read());
  };
  await move({ target, onStream });
  expect(readings[0]).toBe(0);
  expect(readings.at(-1)).toBe(blob.size);
  expect(readings).toHaveLength(3);
});

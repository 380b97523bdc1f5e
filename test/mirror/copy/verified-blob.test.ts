import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { VerifiedBlobStream } from '../../../src/mirror/copy/verified-blob.ts';
import { blobOf, inPieces } from '../../support/memory-registry.ts';

const bytes = Buffer.from('the content of a layer, long enough for several pieces of sixteen bytes');
const blob = blobOf(bytes);

/** What arrived before the end or the error. */
async function arrived(stream: Readable): Promise<{ readonly bytes: Buffer; readonly error: unknown }> {
  const pieces: Buffer[] = [];
  let error: unknown;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece);
  } catch (thrown) {
    error = thrown;
  }
  return { bytes: Buffer.concat(pieces), error };
}

function proven(content: () => Readable, of = blob): VerifiedBlobStream {
  return new VerifiedBlobStream(async () => content(), of, 'r.io/a@x');
}

test.each([1, 16, 1000])('the right bytes pass unchanged in pieces of %d', async (size) => {
  const content = proven(() => inPieces(bytes, size));
  expect(await arrived(content)).toEqual({ bytes, error: undefined });
  expect(content.isVerified).toBe(true);
});

test('content of no bytes passes', async () => {
  const content = proven(() => Readable.from([]), blobOf(Buffer.alloc(0)));
  expect(await arrived(content)).toEqual({ bytes: Buffer.alloc(0), error: undefined });
  expect(content.isVerified).toBe(true);
});

test('a digest of sha512 is proven by sha512', async () => {
  const content = proven(() => inPieces(bytes), { digest: computeDigest(bytes, 'sha512'), size: bytes.length });
  expect((await arrived(content)).bytes).toEqual(bytes);
});

test.each([
  ['wrong bytes of the right length', Buffer.from(bytes).fill('x', 3, 4), 'content with the digest sha256:'],
  ['too few bytes', bytes.subarray(0, 40), `40 of ${bytes.length} bytes`],
  ['too many bytes', Buffer.concat([bytes, bytes]), `more than the expected ${bytes.length} bytes`],
])('%s never become complete on the other side', async (_, sent, reason) => {
  const content = proven(() => inPieces(sent));
  const { bytes: received, error } = await arrived(content);
  expect(received.length).toBeLessThan(Math.min(sent.length, bytes.length));
  expect(error).toMatchObject({
    code: 'digest-mismatch',
    message: expect.stringContaining(`r.io/a@x: the registry sent ${reason}`),
  });
  expect(content.isVerified).toBe(false);
});

/** So many bytes from an offset on, and then the connection is gone. */
function cutOff(offset: number, count: number): Readable {
  return Readable.from(
    (async function* () {
      yield bytes.subarray(offset, offset + count);
      throw new Error('read ECONNRESET');
    })(),
  );
}

test('an interrupted download is resumed at its offset', async () => {
  const offsets: number[] = [];
  const open = async (offset: number) => {
    offsets.push(offset);
    return offsets.length < 4 ? cutOff(offset, 16) : inPieces(bytes.subarray(offset));
  };
  const content = new VerifiedBlobStream(open, blob, 'r.io/a@x');
  expect(await arrived(content)).toEqual({ bytes, error: undefined });
  expect(offsets).toEqual([0, 16, 32, 48]);
});

test('a layer that breaks off again and again is named with the bytes that arrived and the tries', async () => {
  const content = new VerifiedBlobStream(async (offset) => cutOff(offset, 1), blob, 'r.io/a@x');
  expect((await arrived(content)).error).toMatchObject({
    code: 'network',
    message: `Cannot read r.io/a@x: 6 of ${bytes.length} bytes arrived in 6 tries. r.io ended the response early (read ECONNRESET).`,
    advice: expect.stringContaining('If it always breaks at this layer'),
  });
});

test('a connection that closes early is resumed, not treated as complete', async () => {
  const closed = () => {
    const source = new PassThrough();
    source.write(bytes.subarray(0, 1));
    setImmediate(() => source.destroy());
    return source;
  };
  expect((await arrived(proven(closed))).error).toMatchObject({ code: 'network' });
});

test('a source that breaks more often than resumptions without progress are allowed is read to its end', async () => {
  const long = Buffer.alloc(12 * 1024 * 1024, 'layer');
  let opened = 0;
  const open = async (offset: number) => {
    opened += 1;
    return Readable.from(
      (async function* () {
        yield long.subarray(offset, offset + 1024 * 1024);
        if (offset + 1024 * 1024 < long.length) throw new Error('read ECONNRESET');
      })(),
    );
  };
  const content = new VerifiedBlobStream(open, blobOf(long), 'r.io/a@x');
  expect((await arrived(content)).error).toBeUndefined();
  expect(opened).toBe(12);
});

test('a connection that breaks after the last byte is complete, and nothing behind the end is requested', async () => {
  const offsets: number[] = [];
  const open = async (offset: number) => {
    offsets.push(offset);
    return cutOff(offset, bytes.length);
  };
  expect(await arrived(new VerifiedBlobStream(open, blob, 'r.io/a@x'))).toEqual({ bytes, error: undefined });
  expect(offsets).toEqual([0]);
});

test('an error of the registry on resume is reported as the registry returned it', async () => {
  const gone = new ChartImagesError('not-found', 'gone', { advice: '' });
  const open = async (offset: number) => {
    if (offset > 0) throw gone;
    return cutOff(0, 16);
  };
  expect((await arrived(new VerifiedBlobStream(open, blob, 'r.io/a@x'))).error).toMatchObject({
    code: 'not-found',
    message: `Cannot read r.io/a@x: 16 of ${bytes.length} bytes arrived in 1 try. gone`,
    cause: gone,
  });
});

test('a reader that gives up closes the source', async () => {
  const source = inPieces(bytes);
  const content = proven(() => source);
  content.once('data', () => content.destroy(new Error('413')));
  await new Promise((resolve) => content.once('close', resolve));
  expect(source.destroyed).toBe(true);
});

/** The first bytes of a source, and then this error. */
function stalled(offset: number, error: Error): Readable {
  return Readable.from(
    (async function* () {
      yield bytes.subarray(offset, offset + 16);
      throw error;
    })(),
  );
}

test.each(['timeout', 'network'] as const)('a source that stalls (%s) is opened again where it stood', async (code) => {
  const offsets: number[] = [];
  const open = async (offset: number) => {
    offsets.push(offset);
    return offset === 0
      ? stalled(offset, new ChartImagesError(code, 'No byte came.', { advice: '' }))
      : inPieces(bytes.subarray(offset));
  };
  expect(await arrived(new VerifiedBlobStream(open, blob, 'r.io/a@x'))).toEqual({ bytes, error: undefined });
  expect(offsets).toEqual([0, 16]);
});

test('a source that denies access on resume is not retried', async () => {
  const refusal = new ChartImagesError('denied', 'No more.', { advice: '' });
  let opened = 0;
  const open = async (offset: number) => {
    opened += 1;
    return stalled(offset, refusal);
  };
  expect((await arrived(new VerifiedBlobStream(open, blob, 'r.io/a@x'))).error).toMatchObject({ cause: refusal });
  expect(opened).toBe(1);
});

test('a source that stalls is retried five times, and then the copy continues without it', async () => {
  let opened = 0;
  const open = async (offset: number) => {
    opened += 1;
    return cutOff(offset, 1);
  };
  expect((await arrived(new VerifiedBlobStream(open, blob, 'r.io/a@x'))).error).toMatchObject({ code: 'network' });
  expect(opened).toBe(6);
});

test('a slow target slows the source, so that a layer never waits in memory, and then has all of it', async () => {
  const large = Buffer.alloc(8 * 1024 * 1024, 'layer');
  let read = 0;
  const source = () =>
    Readable.from(
      (function* () {
        for (; read < large.length; read += 16 * 1024) yield large.subarray(read, read + 16 * 1024);
      })(),
      { objectMode: false, highWaterMark: 16 * 1024 },
    );
  const content = proven(source, blobOf(large)).start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(content.received).toBeGreaterThan(0);
  expect(content.received).toBeLessThan(1024 * 1024);
  expect((await arrived(content)).bytes.equals(large)).toBe(true);
});

test('a source that opens after its reader has given up is closed', async () => {
  const source = new PassThrough();
  let hand = (_: Readable): void => {};
  const opening = new Promise<Readable>((resolve) => {
    hand = resolve;
  });
  const content = new VerifiedBlobStream(() => opening, blob, 'r.io/a@x').start();
  content.destroy();
  hand(source);
  await new Promise((resolve) => setImmediate(resolve));
  expect(source.destroyed).toBe(true);
});

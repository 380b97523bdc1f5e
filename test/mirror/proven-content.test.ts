import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/image/digest.ts';
import { proveContent } from '../../src/mirror/proven-content.ts';
import { blobOf, inPieces } from '../support/memory-registry.ts';

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

test.each([1, 16, 1000])('the right bytes pass unchanged in pieces of %d', async (size) => {
  const content = proveContent(inPieces(bytes, size), blob, 'r.io/a@x');
  expect(await arrived(content.stream)).toEqual({ bytes, error: undefined });
  expect(content.isProven()).toBe(true);
});

test('content of no bytes passes', async () => {
  const content = proveContent(Readable.from([]), blobOf(Buffer.alloc(0)), 'x');
  expect(await arrived(content.stream)).toEqual({ bytes: Buffer.alloc(0), error: undefined });
  expect(content.isProven()).toBe(true);
});

test('a digest of sha512 is proven by sha512', async () => {
  const content = proveContent(inPieces(bytes), { digest: digestOf(bytes, 'sha512'), size: bytes.length }, 'x');
  expect((await arrived(content.stream)).bytes).toEqual(bytes);
});

test.each([
  ['wrong bytes of the right length', Buffer.from(bytes).fill('x', 3, 4), 'content with the digest sha256:'],
  ['too few bytes', bytes.subarray(0, 40), `40 of ${bytes.length} bytes`],
  ['too many bytes', Buffer.concat([bytes, bytes]), `more than the ${bytes.length} bytes it should have`],
])('%s never become complete on the other side', async (_, sent, reason) => {
  const content = proveContent(inPieces(sent), blob, 'r.io/a@x');
  const { bytes: received, error } = await arrived(content.stream);
  expect(received.length).toBeLessThan(Math.min(sent.length, bytes.length));
  expect(error).toMatchObject({
    code: 'digest-mismatch',
    message: expect.stringContaining(`r.io/a@x: the registry sent ${reason}`),
  });
  expect(content.fault()).toBe(error);
  expect(content.isProven()).toBe(false);
});

test('a source that breaks off is the fault', async () => {
  const source = Readable.from(
    (async function* () {
      yield bytes.subarray(0, 16);
      throw new Error('read ECONNRESET');
    })(),
  );
  const content = proveContent(source, blob, 'r.io/a@x');
  expect((await arrived(content.stream)).error).toBe(content.fault());
  expect(content.fault()).toMatchObject({
    code: 'network',
    message: 'r.io/a@x: the content broke off (read ECONNRESET).',
  });
});

test('a reader that gives up is no fault of the source, and the source is closed', async () => {
  const source = inPieces(bytes);
  const content = proveContent(source, blob, 'x');
  content.stream.once('data', () => content.stream.destroy(new Error('413')));
  await new Promise((resolve) => content.stream.once('close', resolve));
  expect(content.fault()).toBeUndefined();
  expect(source.destroyed).toBe(true);
});

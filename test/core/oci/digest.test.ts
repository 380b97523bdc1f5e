import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { computeDigest, digestAlgorithm, finishDigest, parseDigest } from '../../../src/core/oci/digest.ts';

it('the digest of the empty JSON object is the one the OCI specification prints', () => {
  expect(computeDigest(Buffer.from('{}'))).toBe(
    'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  );
});

it('content hashed in pieces has the digest of the whole', () => {
  const hash = createHash('sha512').update('{').update('}');
  expect(finishDigest(hash, 'sha512')).toBe(computeDigest(Buffer.from('{}'), 'sha512'));
});

it.each(['sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a', `sha512:${'0'.repeat(128)}`])(
  'the digest %s is read',
  (text) => {
    const parsed = parseDigest(text);
    expect(parsed).toEqual({ ok: true, value: text });
    if (parsed.ok) expect(digestAlgorithm(parsed.value)).toBe(text.slice(0, 6));
  },
);

it.each(['', 'sha256:', 'sha256:44', `md5:${'0'.repeat(32)}`, `sha256:${'G'.repeat(64)}`, `sha512:${'0'.repeat(64)}`])(
  'the text "%s" is refused as a digest',
  (text) => expect(parseDigest(text)).toEqual({ ok: false, reason: expect.stringContaining('is not a digest') }),
);

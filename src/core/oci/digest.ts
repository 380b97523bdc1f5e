import { createHash, type Hash } from 'node:crypto';
import type { ParseResult } from './parse-result.ts';

/** `algorithm:hex`, as the OCI image specification writes it (image-spec descriptor.md, "Digests"). */
export type Digest = string & { readonly __digest: unique symbol };

export type DigestAlgorithm = 'sha256' | 'sha512';

const hexLength = { sha256: 64, sha512: 128 } as const satisfies Record<DigestAlgorithm, number>;

/** Parses a digest of one of the two registered algorithms, in lower case. */
export function parseDigest(text: string): ParseResult<Digest> {
  const match = /^(sha256|sha512):([0-9a-f]+)$/.exec(text);
  const algorithm = match?.[1] as DigestAlgorithm | undefined;
  if (!algorithm || match?.[2]?.length !== hexLength[algorithm]) {
    return { ok: false, reason: `"${text}" is not a digest: sha256 with 64, or sha512 with 128 lower-case hex digits` };
  }
  // The only place where a validated text becomes a Digest.
  return { ok: true, value: text as Digest };
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** Default: sha256, which every registry supports. */
export function computeDigest(content: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return finishDigest(createHash(algorithm).update(content), algorithm);
}

/** Finalizes the hash of streamed content. */
export function finishDigest(hash: Hash, algorithm: DigestAlgorithm): Digest {
  return `${algorithm}:${hash.digest('hex')}` as Digest;
}

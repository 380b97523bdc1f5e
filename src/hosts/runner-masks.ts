import type { ImageOutput } from '../report/model/outputs.ts';

const keys = {
  image: true,
  status: true,
  source: true,
  digest: true,
  target: true,
  outcome: true,
} as const satisfies Record<keyof ImageOutput, true>;

const statuses = {
  found: true,
  absent: true,
  unknown: true,
  unresolved: true,
} as const satisfies Record<ImageOutput['status'], true>;

const outcomes = {
  copied: true,
  present: true,
  skipped: true,
  planned: true,
  failed: true,
} as const satisfies Record<NonNullable<ImageOutput['outcome']>, true>;

/** The constant parts of every output, in one text. */
const written = ['null', 'sha256:', ...[keys, statuses, outcomes].flatMap((list) => Object.keys(list))].join(' ');

/** Four hexadecimal digits are in one of a thousand digests by chance, eight in one of a hundred million. */
const maybeInDigest = /^[0-9a-f]{1,7}$/;

/**
 * Whether the runner should also mask the secret. GitHub drops job outputs that contain a masked text, so a text that
 * every output contains is masked only by this program, in prose.
 */
export function isForRunner(secret: string): boolean {
  return !written.includes(secret) && !maybeInDigest.test(secret);
}

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

/** What outputs consist of whatever the images are, as one text. */
const written = ['null', 'sha256:', ...[keys, statuses, outcomes].flatMap((list) => Object.keys(list))].join(' ');

/** By chance eight given hexadecimal digits are in one of a hundred million digests, four in one of a thousand. */
const maybeInDigest = /^[0-9a-f]{1,7}$/;

/**
 * Whether a runner should be asked to mask the secret as well. GitHub drops a job's outputs that hold a masked text, so one that
 * all outputs hold is masked by this program alone, in prose.
 */
export function isForRunner(secret: string): boolean {
  return !written.includes(secret) && !maybeInDigest.test(secret);
}

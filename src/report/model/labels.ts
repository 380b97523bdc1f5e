import { joinWithLimit } from '../../core/text.ts';
import { templateOf } from '../../discovery/image-use.ts';
import type { Problem } from './problems.ts';
import type { LookupEntry, Row } from './row.ts';
import type { Usage } from './usage.ts';

/** The outcome of an image in the target, else its status in the sources. */
export function statusLabel(row: Row): string {
  switch (row.outcome) {
    case 'copied':
      return 'copied';
    case 'present':
      return 'in target';
    case 'skipped':
      return 'skipped';
    case 'planned':
      return row.elsewhere === undefined ? 'to copy' : `for shard ${row.elsewhere}`;
    case 'failed':
      return row.interrupted === true ? 'not copied' : 'copy failed';
    case null:
      if (isBlocked(row)) return 'blocked';
      return row.status === 'unresolved' ? 'not checked' : row.status;
  }
}

/** Found, but the target has other content or could not be checked. */
function isBlocked(row: Row): boolean {
  return row.outcome === null && row.target !== undefined;
}

/** `good`: nothing to do; `bad`: an image is or would be missing; `open`: unknown or not done. */
export type Tone = 'good' | 'bad' | 'open' | 'neutral';

export function statusTone(row: Row): Tone {
  if (row.interrupted === true) return 'open';
  if (row.status === 'absent' || row.outcome === 'failed' || isBlocked(row)) return 'bad';
  if (row.status === 'unknown' || row.outcome === 'skipped') return 'open';
  return row.status === 'unresolved' ? 'neutral' : 'good';
}

/** Enough to distinguish images; `images.json` has the full digest. */
const digestDigits = 12;

/** Shortens every digest in a text: `nginx@sha256:0123456789ab`. */
export function shortDigests(text: string): string {
  return text.replace(/\b(sha256|sha512):([0-9a-f]{64,128})\b/g, (_, algorithm: string, hex: string) => {
    return `${algorithm}:${hex.slice(0, digestDigits)}`;
  });
}

/** Maximum value sets after an object. */
const shownSets = 3;

/** `Deployment/contoso-a`, or with the value sets of a chart that has several: `Deployment/contoso-a (large)`. */
export function formatObject({ kind, name, sets }: Usage): string {
  const object = name === '' ? kind : `${kind}/${name}`;
  if (sets === 'only') return object;
  return `${object} (${sets === 'all' ? 'all value sets' : joinWithLimit(sets, shownSets)})`;
}

/** `Deployment/contoso-a in contoso/templates/a.yaml`. */
export function formatUsage(usage: Usage): string {
  return `${formatObject(usage)} in ${templateOf(usage)}`;
}

/** `registry/path:tag (found)`, or with the reason: `registry/path:tag (manifest unknown)`. */
export function formatLookup(looked: LookupEntry): string {
  return `${shortDigests(looked.reference)} (${looked.reason === '' ? looked.result : looked.reason})`;
}

/** `values.yaml:12`, `values.yaml`, or undefined if the problem has no location. */
export function formatLocation({ file, line, column }: Pick<Problem, 'file' | 'line' | 'column'>): string | undefined {
  return file === undefined ? undefined : [file, line, column].filter((part) => part !== undefined).join(':');
}

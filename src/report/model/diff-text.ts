import { formatBytes } from '../../core/format-bytes.ts';
import { pluralize, toSingleLine, truncate } from '../../core/text.ts';
import { shortCommit } from '../../resolve/diff/commit-id.ts';
import type { ImageDiff } from '../../resolve/diff/image-diff.ts';

/** An image that a change adds, removes or moves. */
export interface DiffEntry {
  readonly change: 'added' | 'removed' | 'moved';
  /** The reference at the base; undefined for an added one. */
  readonly before: string | undefined;
  /** The reference now; undefined for a removed one. */
  readonly after: string | undefined;
  readonly charts: readonly string[];
  /** Bytes that a mirror of the base is missing; undefined if unknown. */
  readonly bytes: number | undefined;
}

/** Moved images first, because users know them; then added and removed ones. */
export function diffEntries({ added, removed, moved }: ImageDiff): readonly DiffEntry[] {
  return [
    ...moved.map(({ from, to, charts, bytes }): DiffEntry => {
      return { change: 'moved', before: from, after: to, charts, bytes };
    }),
    ...added.map(({ image, charts, bytes }): DiffEntry => {
      return { change: 'added', before: undefined, after: image, charts, bytes };
    }),
    ...removed.map(({ image, charts }): DiffEntry => {
      return { change: 'removed', before: image, after: undefined, charts, bytes: undefined };
    }),
  ];
}

/** `1 image moved, 2 added; 12.3 MB to copy to a mirror`. Contains no text from a chart. */
export function formatDiff({ added, removed, moved, bytes, unmeasured }: ImageDiff): string {
  const parts = [
    { amount: moved.length, verb: 'moved' },
    { amount: added.length, verb: 'added' },
    { amount: removed.length, verb: 'removed' },
  ].filter(({ amount }) => amount > 0);
  if (parts.length === 0) return 'no image added, removed or moved';
  const changes = parts.map(({ amount, verb }, at) => `${at === 0 ? pluralize(amount, 'image') : amount} ${verb}`);
  if (bytes !== undefined) return `${changes.join(', ')}; ${formatBytes(bytes)} to copy to a mirror`;
  const why = unmeasured === undefined ? '' : `; the size to copy was not measured: ${unmeasured}`;
  return changes.join(', ') + why;
}

/** Characters. Hosts allow 255 for a branch. */
const baseCharacters = 100;

/** Parts of `main at 1a2b3c4`; the second is missing if the first is the commit, or no single commit was compared. */
export function baseParts({ base, commit }: ImageDiff): readonly string[] {
  const label = truncate(shortCommit(toSingleLine(base)), baseCharacters);
  const short = commit === undefined ? label : shortCommit(commit);
  return short === label ? [label] : [label, short];
}

/** `Compared with main as the checkout has it: …`. Undefined if the exact base was compared. */
export function formatInexact({ inexact }: ImageDiff): string | undefined {
  return inexact === undefined ? undefined : `Not the exact base: compared with ${toSingleLine(inexact)}.`;
}

/** `reason` completes "because …". */
export function formatUnbased(reason: string): string {
  return `Not compared with a base, because ${reason}. Every finding counts as new.`;
}

import { formatBytes } from '../../core/format-bytes.ts';
import { pluralize, toSingleLine } from '../../core/text.ts';
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

/** Characters; a full commit hash fits. */
const baseCharacters = 100;

export function formatBase({ base }: ImageDiff): string {
  return toSingleLine(base).slice(0, baseCharacters);
}

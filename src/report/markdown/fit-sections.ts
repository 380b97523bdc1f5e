import { sum } from '../../core/sum.ts';
/** A section of a page. Entries can be omitted from the end. */
export interface Section {
  /** `''`, or complete lines. */
  readonly head: string;
  /** Each is complete or omitted. */
  readonly entries: readonly string[];
  readonly tail: string;
}

/**
 * Joins sections in at most `limit` bytes of UTF-8. Omits entries from the end and appends `overflowNote` with their
 * number.
 */
export function fitSections(
  sections: readonly Section[],
  limit: number,
  overflowNote: (missing: number) => string,
): string {
  const whole = sections.map(({ head, entries, tail }) => head + entries.join('') + tail).join('');
  if (Buffer.byteLength(whole) <= limit) return whole;
  let missing = sum(sections.map((section) => section.entries.length));
  let room = limit - Buffer.byteLength(overflowNote(missing));
  let page = '';
  for (const { head, entries, tail } of sections) {
    room -= Buffer.byteLength(head + tail);
    let shown = 0;
    for (const entry of entries) {
      room -= Buffer.byteLength(entry);
      if (room < 0) break;
      shown += 1;
    }
    // Omits a heading if none of its entries fits.
    if (shown > 0 || (room >= 0 && entries.length === 0)) page += head + entries.slice(0, shown).join('') + tail;
    missing -= shown;
    if (room < 0) break;
  }
  return page + overflowNote(missing);
}

/** A part of a page: its entries may be left out from the end, its head and tail stand or fall with it. */
export interface Section {
  /** Whole lines, each part ending with a line end, or `''`. */
  readonly head: string;
  /** Each is shown whole or not at all. */
  readonly entries: readonly string[];
  readonly tail: string;
}

/**
 * Puts sections together in at most `limit` bytes of UTF-8. What does not fit is left out from the end, never inside an
 * entry, and `overflowNote` says how many entries are missing.
 */
export function fitSections(
  sections: readonly Section[],
  limit: number,
  overflowNote: (missing: number) => string,
): string {
  const whole = sections.map(({ head, entries, tail }) => head + entries.join('') + tail).join('');
  if (Buffer.byteLength(whole) <= limit) return whole;
  let missing = sections.reduce((sum, section) => sum + section.entries.length, 0);
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
    // A heading without entries is useless, unless that is all the section has.
    if (shown > 0 || (room >= 0 && entries.length === 0)) page += head + entries.slice(0, shown).join('') + tail;
    missing -= shown;
    if (room < 0) break;
  }
  return page + overflowNote(missing);
}

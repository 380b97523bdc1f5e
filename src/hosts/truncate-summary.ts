/**
 * GitHub shows a step summary of up to 1 MiB of UTF-8, and nothing of a longer one. Azure documents no limit.
 */
export const summaryBytes = 1024 * 1024;

const cut =
  '\n\n> **The summary is truncated** because it exceeds the size limit. For the full report, see `images.json`.\n';

/** At most `bytes` of UTF-8, cut after a whole line, with a note. `''` if not even the note fits. */
export function truncateSummary(markdown: string, bytes: number): string {
  if (Buffer.byteLength(markdown) <= bytes) return markdown;
  const room = bytes - Buffer.byteLength(cut);
  if (room < 0) return '';
  const head = Buffer.from(markdown).subarray(0, room).toString();
  return head.slice(0, head.lastIndexOf('\n') + 1) + cut;
}

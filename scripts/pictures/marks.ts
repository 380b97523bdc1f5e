/**
 * The emoji of the summary as shapes of 14 by 14 pixels: not every reader's fonts have them, and no two draw them
 * alike.
 */
import { round } from './text-width.ts';

export const markSize = 14;

const shapes: Readonly<Record<string, string>> = {
  '✅': '<rect width="14" height="14" rx="3" fill="#1a7f37"/><path d="M3.5 7.2 6 9.7 10.6 4.6" class="stroke"/>',
  '❌': '<path d="M2.5 2.5 11.5 11.5M11.5 2.5 2.5 11.5" fill="none" stroke="#cf222e" stroke-width="2.6" stroke-linecap="round"/>',
  '⚠': '<path d="M7 1 13.4 13H.6Z" fill="#bf8700"/><path d="M7 5v4M7 11v.4" class="stroke"/>',
  ℹ: '<rect width="14" height="14" rx="3" fill="#0969da"/><path d="M7 6.4V11M7 3.4v.4" class="stroke"/>',
  '➖': '<path d="M2 7H12" fill="none" stroke="#6e7781" stroke-width="2.4"/>',
  '➕': '<path d="M2 7H12M7 2V12" fill="none" stroke="#6e7781" stroke-width="2.4"/>',
  '🔁': '<rect width="14" height="14" rx="3" fill="#0969da"/><path d="M3 5.6H10.4M8.6 3.4 10.8 5.6M11 9H3.6M5.4 11.2 3.2 9" class="stroke" stroke-width="1.3"/>',
};

/** Splits a text into marks and what is between them. */
export function splitMarks(text: string): readonly string[] {
  return text.split(/(✅|❌|⚠|ℹ|➖|➕|🔁)/u).filter((part) => part !== '');
}

export function isMark(text: string): boolean {
  return text in shapes;
}

/** `size` is the one of the text around it, whose baseline is at `y`. */
export function drawMark(mark: string, x: number, y: number, size: number): string {
  const scale = round(size / markSize);
  const top = round(y - size * 0.85);
  return `<g transform="translate(${round(x)} ${top}) scale(${scale})">${shapes[mark]}</g>`;
}

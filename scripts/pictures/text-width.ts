/**
 * Widths in thousandths of the font size, from the Helvetica of Adobe's Core 14 AFM files, which Arial and Liberation
 * Sans share.
 */
const helvetica = {
  191: "'",
  222: 'ijl',
  260: '|',
  278: ' !,./:;I[\\]ft',
  333: '()-`r',
  334: '{}',
  355: '"',
  389: '*',
  469: '^',
  500: 'Jcksvxyz',
  556: '#$0123456789?L_abdeghnopqu',
  584: '+<=>~',
  611: 'FTZ',
  667: '&ABEKPSVXY',
  722: 'CDHNRUw',
  778: 'GOQ',
  833: 'Mm',
  889: '%',
  944: 'W',
  1015: '@',
} as const;

const widths = new Map(
  Object.entries(helvetica).flatMap(([width, letters]) => [...letters].map((letter) => [letter, Number(width)])),
);
const otherWidth = 1000;
const boldFactor = 1.07;

export type Face = 'plain' | 'bold' | 'code';

/** Width of one character of a monospace font, in font sizes. */
export const codeAdvance = 0.6;

/** Width of a text in pixels. The pictures set it as `textLength`, so that the fonts of a reader fit too. */
export function textWidth(text: string, face: Face, size: number): number {
  const letters = [...text];
  if (face === 'code') return round(letters.length * codeAdvance * size);
  const sum = letters.reduce((total, letter) => total + (widths.get(letter) ?? otherWidth), 0);
  return round(((sum * size) / 1000) * (face === 'bold' ? boldFactor : 1));
}

/** To tenths, so that the files stay small and the same everywhere. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

import { styleText } from 'node:util';
import type { Tone } from '../model/labels.ts';

export type Color = 'color' | 'plain';

export type Paint = (style: Tone | 'title', text: string) => string;

const formats = {
  good: 'green',
  bad: 'red',
  open: 'yellow',
  neutral: 'dim',
  title: 'bold',
} as const satisfies Record<Parameters<Paint>[0], unknown>;

/** The caller has decided; so Node's own look at standard output (22.13 and newer) is turned off. */
const asAsked = { validateStream: false };

export const paints: Record<Color, Paint> = {
  color: (style, text) => styleText(formats[style], text, asAsked),
  plain: (_, text) => text,
};

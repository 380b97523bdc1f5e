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

/** The caller decides about colors, so Node (22.13 and newer) must not check standard output. */
const asAsked = { validateStream: false };

export const paints: Record<Color, Paint> = {
  color: (style, text) => styleText(formats[style], text, asAsked),
  plain: (_, text) => text,
};

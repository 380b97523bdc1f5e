import { escapeMermaid } from './escape-mermaid.ts';
import type { Section } from './fit-sections.ts';
import { type PictureLink, type PictureNode, pictureOf } from './picture.ts';
import { shorten } from './plain-text.ts';
import type { Row } from './rows.ts';
import { shortDigests, type Tone } from './words.ts';

/** With more images than these nobody follows the lines; the tables tell the same. */
const mostImages = 12;

/** Charts that share most of their images make a net and no picture. */
const mostLinks = 40;

const labelCharacters = 80;

/** Colours that can be seen on a light and on a dark page. */
const strokes: Record<Tone, string> = { good: '#1a7f37', bad: '#cf222e', open: '#bf8700', neutral: '#6e7781' };

/** The way of every image as a flow chart of Mermaid; nothing where it would not stay small. */
export function pictureSections(rows: readonly Row[]): readonly Section[] {
  if (rows.length === 0 || rows.length > mostImages) return [];
  const { nodes, links } = pictureOf(rows);
  if (links.length > mostLinks) return [];
  const ids = new Map(nodes.map(({ key }, at) => [key, `n${at}`]));
  const lines = [
    ...nodes.map((node) => nodeLine(node, ids)),
    ...links.map((link) => linkLine(link, ids)),
    ...Object.entries(strokes).map(([tone, colour]) => `classDef ${tone} stroke:${colour},stroke-width:2px`),
  ];
  const head = `\n\`\`\`mermaid\nflowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}\`\`\`\n`;
  return [{ head, entries: [], tail: '' }];
}

/** Stadium, box, drum and hexagon. */
const shapes: Record<PictureNode['kind'], readonly [open: string, close: string]> = {
  chart: ['([', '])'],
  image: ['[', ']'],
  registry: ['[(', ')]'],
  nowhere: ['{{', '}}'],
};

function nodeLine({ kind, key, label, tone }: PictureNode, ids: ReadonlyMap<string, string>): string {
  const [open, close] = shapes[kind];
  const text = escapeMermaid(shorten(shortDigests(label), labelCharacters));
  return `${ids.get(key)}${open}"${text}"${close}:::${tone}`;
}

const arrows: Record<PictureLink['kind'], string> = { way: '-->', gap: '-.->', copies: '==>' };

function linkLine({ kind, from, to, label }: PictureLink, ids: ReadonlyMap<string, string>): string {
  const words = label === '' ? '' : `|"${escapeMermaid(label)}"|`;
  return `${ids.get(from)} ${arrows[kind]}${words} ${ids.get(to)}`;
}

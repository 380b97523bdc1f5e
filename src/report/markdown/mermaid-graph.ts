import { truncate } from '../../core/text.ts';
import { createImageGraph, type ImageGraphLink, type ImageGraphNode } from '../model/image-graph.ts';
import { shortDigests, type Tone } from '../model/labels.ts';
import type { Row } from '../model/row.ts';
import { escapeMermaid } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';

/** Larger graphs are not readable; the tables have the same content. */
const mostImages = 12;

/** Charts that share most of their images make an unreadable graph. */
const mostLinks = 40;

const labelCharacters = 80;

/** Visible on light and dark pages. */
const strokes: Record<Tone, string> = { good: '#1a7f37', bad: '#cf222e', open: '#bf8700', neutral: '#6e7781' };

/** The image graph as a Mermaid flowchart; nothing if it is too large. */
export function graphSections(rows: readonly Row[]): readonly Section[] {
  if (rows.length === 0 || rows.length > mostImages) return [];
  const { nodes, links } = createImageGraph(rows);
  if (links.length > mostLinks) return [];
  const ids = new Map(nodes.map(({ key }, at) => [key, `n${at}`]));
  const lines = [
    ...nodes.map((node) => nodeLine(node, ids)),
    ...links.map((link) => linkLine(link, ids)),
    ...Object.entries(strokes).map(([tone, color]) => `classDef ${tone} stroke:${color},stroke-width:2px`),
  ];
  const head = `\n\`\`\`mermaid\nflowchart LR\n${lines.map((line) => `  ${line}\n`).join('')}\`\`\`\n`;
  return [{ head, entries: [], tail: '' }];
}

/** Stadium, rectangle, cylinder and hexagon. */
const shapes: Record<ImageGraphNode['kind'], readonly [open: string, close: string]> = {
  chart: ['([', '])'],
  image: ['[', ']'],
  registry: ['[(', ')]'],
  missing: ['{{', '}}'],
};

function nodeLine({ kind, key, label, tone }: ImageGraphNode, ids: ReadonlyMap<string, string>): string {
  const [open, close] = shapes[kind];
  const text = escapeMermaid(truncate(shortDigests(label), labelCharacters));
  return `${ids.get(key)}${open}"${text}"${close}:::${tone}`;
}

const arrows: Record<ImageGraphLink['kind'], string> = { path: '-->', gap: '-.->', copies: '==>' };

function linkLine({ kind, from, to, label }: ImageGraphLink, ids: ReadonlyMap<string, string>): string {
  const words = label === '' ? '' : `|"${escapeMermaid(label)}"|`;
  return `${ids.get(from)} ${arrows[kind]}${words} ${ids.get(to)}`;
}

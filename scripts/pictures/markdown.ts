/** The part of GitHub's Markdown that a job summary of chart-images uses, read into blocks. Throws at anything else. */
import type { Face } from './text-width.ts';

export interface Run {
  readonly text: string;
  readonly face: Face;
}

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly runs: readonly Run[] }
  | { readonly kind: 'item'; readonly depth: number; readonly runs: readonly Run[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly (readonly Run[])[])[] };

export function readMarkdown(markdown: string): readonly Block[] {
  // GitHub draws the diagram; the tables above it have the same content.
  const text = markdown.replace(/^```mermaid\n[\s\S]*?^```\n/gm, '');
  const blocks: Block[] = [];
  let rows: (readonly (readonly Run[])[])[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('| ')) {
      const cells = line.slice(2, -2).split(' | ');
      if (rows === undefined) {
        rows = [];
        blocks.push({ kind: 'table', rows });
      }
      if (!cells.every((cell) => cell === '---')) rows.push(cells.map(readRuns));
      continue;
    }
    rows = undefined;
    if (line.trim() === '') continue;
    const [, hashes, title] = /^(#+) (.*)$/.exec(line) ?? [];
    const [, indent, item] = /^( *)- (.*)$/.exec(line) ?? [];
    if (hashes !== undefined && title !== undefined) {
      blocks.push({ kind: 'heading', level: hashes.length, runs: readRuns(title) });
    } else if (indent !== undefined && item !== undefined) {
      blocks.push({ kind: 'item', depth: indent.length / 2, runs: readRuns(item) });
    } else throw new Error(`the picture of the summary can't show the line ${JSON.stringify(line)}`);
  }
  return blocks;
}

/** Code spans, bold text and text between them. */
function readRuns(line: string): readonly Run[] {
  return line.split(/(`[^`]+`|\*\*[^*]+\*\*)/).flatMap((part): readonly Run[] => {
    if (part === '') return [];
    if (part.startsWith('`')) return [{ text: part.slice(1, -1), face: 'code' }];
    if (part.startsWith('**')) return [{ text: decode(part.slice(2, -2)), face: 'bold' }];
    return [{ text: decode(part), face: 'plain' }];
  });
}

/** Numeric references, and the characters without width that chart-images puts beside them. */
function decode(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\u2060|\ufe0f/g, '');
}

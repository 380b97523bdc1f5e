/** A job summary as GitHub shows it, as an SVG of boxes and text, which the README can show as an image. */
import { type Block, type Run, readMarkdown } from './markdown.ts';
import { drawMark, isMark, splitMarks } from './marks.ts';
import { round, textWidth } from './text-width.ts';
import { svgFile, svgText } from './xml.ts';

const padding = 24;
const size = 14;
const codeSize = 12;
const lineHeight = 21;
const indent = 24;
const cellPadding = 10;
const rowHeight = 32;
const headingSizes: Readonly<Record<number, number>> = { 3: 18, 4: 14 };

/** GitHub's colors. The page behind it shows nowhere, so that it is readable whichever scheme the page has. */
const style = `
text { font: ${size}px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.h3 { font-size: 18px; }
.bold { font-weight: 600; }
.code { font: ${codeSize}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
.card { fill: #ffffff; stroke: #d1d9e0; }
.chip { fill: #818b981f; }
.grid { fill: none; stroke: #d1d9e0; }
.stripe { fill: #f6f8fa; }
.dot { fill: #1f2328; }
.stroke { fill: none; stroke: #ffffff; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) {
  text, .dot { fill: #f0f6fc; }
  .card { fill: #0d1117; stroke: #3d444d; }
  .chip { fill: #656c7633; }
  .grid { stroke: #3d444d; }
  .stripe { fill: #151b23; }
}
`;

/** A piece of a line that is never broken. */
interface Piece {
  readonly text: string;
  readonly face: Run['face'] | 'mark';
  readonly width: number;
  readonly size: number;
}

const chipPadding = 5;

export function summarySvg(markdown: string): string {
  const blocks = readMarkdown(markdown);
  const tables = blocks.filter((block) => block.kind === 'table');
  const content = Math.max(760, ...tables.map((table) => sumOf(columnWidths(table.rows))));
  const lines: string[] = [];
  let y = padding;
  for (const [at, block] of blocks.entries()) {
    if (at > 0) y += gapBetween(blocks[at - 1], block);
    const drawn = drawBlock(block, y, content);
    lines.push(...drawn.lines);
    y += drawn.height;
  }
  const width = content + 2 * padding;
  const height = y + padding;
  const card = `<rect x=".5" y=".5" width="${Math.ceil(width) - 1}" height="${Math.ceil(height) - 1}" rx="6" class="card"/>`;
  const title = 'Job summary of a pull request that names an image that no registry has';
  return svgFile({ width, height, title, style, lines: [card, ...lines] });
}

function gapBetween(before: Block | undefined, after: Block): number {
  if (after.kind === 'item') return before?.kind === 'item' ? 4 : 10;
  return after.kind === 'heading' ? 22 : 12;
}

interface Drawn {
  readonly lines: readonly string[];
  readonly height: number;
}

function drawBlock(block: Block, top: number, width: number): Drawn {
  switch (block.kind) {
    case 'heading': {
      const own = headingSizes[block.level];
      if (own === undefined) throw new Error(`no size for a heading of level ${block.level}`);
      const runs = block.runs.map((run): Run => (run.face === 'plain' ? { ...run, face: 'bold' } : run));
      return drawParagraph(piecesOf(runs, own), padding, top, width);
    }
    case 'item': {
      const x = padding + (block.depth + 1) * indent;
      const dot = `<circle cx="${x - 12}" cy="${top + 11}" r="2.5" class="dot"/>`;
      const { lines, height } = drawParagraph(piecesOf(block.runs, size), x, top, width - (x - padding));
      return { lines: [dot, ...lines], height };
    }
    case 'table':
      return drawTable(block.rows, top);
  }
}

function drawParagraph(pieces: readonly Piece[], left: number, top: number, width: number): Drawn {
  const lines: string[] = [];
  let [x, row] = [left, 0];
  for (const piece of pieces) {
    if (x > left && x + piece.width > left + width) {
      x = left;
      row += 1;
    }
    // A blank that a break left at the start of a line.
    if (x === left && piece.text === ' ') continue;
    lines.push(...drawPiece(piece, x, top + row * lineHeight + 16));
    x += piece.width;
  }
  return { lines, height: (row + 1) * lineHeight };
}

function drawTable(rows: readonly (readonly (readonly Run[])[])[], top: number): Drawn {
  const widths = columnWidths(rows);
  const lines: string[] = [];
  for (const [at, row] of rows.entries()) {
    const y = top + at * rowHeight;
    if (at > 0 && at % 2 === 0) {
      lines.push(
        `<rect x="${padding}" y="${y}" width="${round(sumOf(widths))}" height="${rowHeight}" class="stripe"/>`,
      );
    }
    let x = padding;
    for (const [column, cell] of row.entries()) {
      const width = widths[column] ?? 0;
      lines.push(
        `<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${rowHeight}" class="grid"/>`,
        ...drawParagraph(cellPieces(cell, at), x + cellPadding, y + 5, width).lines,
      );
      x += width;
    }
  }
  return { lines, height: rows.length * rowHeight };
}

function cellPieces(cell: readonly Run[], row: number): readonly Piece[] {
  return piecesOf(row === 0 ? cell.map((run): Run => ({ ...run, face: 'bold' })) : cell, size);
}

function columnWidths(rows: readonly (readonly (readonly Run[])[])[]): readonly number[] {
  return (rows[0] ?? []).map((_, column) =>
    Math.max(
      ...rows.map((row, at) => sumOf(cellPieces(row[column] ?? [], at).map(({ width }) => width)) + 2 * cellPadding),
    ),
  );
}

/** Words, blanks, marks and code spans. */
function piecesOf(runs: readonly Run[], textSize: number): readonly Piece[] {
  return runs.flatMap(({ text, face }): readonly Piece[] => {
    if (face === 'code') {
      const own = (codeSize * textSize) / size;
      return [{ text, face, size: own, width: textWidth(text, 'code', own) + 2 * chipPadding }];
    }
    return splitMarks(text).flatMap((part): readonly Piece[] => {
      if (isMark(part)) return [{ text: part, face: 'mark', size: textSize, width: textSize }];
      const words = part.split(/( )/).filter((word) => word !== '');
      return words.map((word) => ({ text: word, face, size: textSize, width: textWidth(word, face, textSize) }));
    });
  });
}

function drawPiece(piece: Piece, x: number, y: number): readonly string[] {
  if (piece.face === 'mark') return [drawMark(piece.text, x, y, piece.size)];
  if (piece.text === ' ') return [];
  if (piece.face !== 'code') {
    const classes = [piece.face === 'bold' ? 'bold' : '', piece.size > size ? 'h3' : ''].filter((name) => name !== '');
    return [svgText(piece.text, x, y, piece.width, classes.join(' '))];
  }
  const chip = `<rect x="${round(x)}" y="${round(y - 14)}" width="${round(piece.width)}" height="20" rx="5" class="chip"/>`;
  return [chip, svgText(piece.text, x + chipPadding, y, piece.width - 2 * chipPadding, 'code')];
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

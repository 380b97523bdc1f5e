/**
 * Reads Markdown as far as these tests need it, by the letter of the specifications and apart from the code under test.
 */

/** Cells of a table row as cmark-gfm splits them: a backslash takes the next character with it (GFM, "Tables"). */
export function cellsByCmark(row: string): readonly string[] {
  const cells = [''];
  for (const [part] of row.matchAll(/\\.|[^\\]|\\$/gsu)) {
    if (part === '|') cells.push('');
    else cells[cells.length - 1] += part;
  }
  return cells.slice(1, -1);
}

/**
 * Cells as markdown-it (Azure DevOps) splits them: only a backslash right before the pipe counts, whatever is before
 * that.
 */
export function cellsByMarkdownIt(row: string): readonly string[] {
  return row.split(/(?<!\\)\|/).slice(1, -1);
}

export interface Inline {
  /** What a reader sees, without the invisible word joiner. */
  readonly visible: string;
  /** The source outside code spans, without character references: where anything could still be structure. */
  readonly open: string;
}

/** Code spans first (CommonMark, section 6.1: they bind tightest), then numeric character references. */
export function readInline(source: string): Inline {
  let visible = '';
  let open = '';
  let rest = source;
  while (rest !== '') {
    const code = /^(`+)(?!`)(.*?)(?<!`)\1(?!`)/s.exec(rest);
    const plain = /^(?:`+|[^`]+)/s.exec(rest)?.[0] ?? '';
    if (code) visible += code[2];
    else {
      visible += plain.replace(/&#(\d+);/g, (_, point: string) => String.fromCodePoint(Number(point)));
      open += plain.replace(/&#\d+;/g, '\u0000');
    }
    rest = rest.slice((code?.[0] ?? plain).length);
  }
  return { visible: visible.replaceAll('\u2060', ''), open };
}

/** One document of the output of `helm template`. */
export interface RenderedDocument {
  /** From the `# Source:` line of this or else the previous document; empty before the first. */
  readonly template: string;
  readonly text: string;
  /** 1-based line of `text` in the stream. */
  readonly firstLine: number;
}

/** Helm splits at every line that starts with `---`, even if the document starts on it (`---apiVersion: v1`). */
const boundary = /^---(?!-)[^\S\n]*/gm;
const sourceLine = /^# Source: (.*?)\r?$/;

/**
 * Splits before parsing, so that an invalid document does not affect the others. Only a `# Source:` in the first line
 * is Helm's; later ones are comments of the chart.
 */
export function splitDocuments(stream: string): readonly RenderedDocument[] {
  return [...eachDocument(stream)].filter(isFilled);
}

export function isFilled({ text }: RenderedDocument): boolean {
  return text.trim() !== '';
}

/** Includes empty documents. A generator, because a stream can contain millions of them. */
export function* eachDocument(stream: string): Generator<RenderedDocument, void, undefined> {
  let template = '';
  let line = 1;
  let counted = 0;
  const take = (start: number, end: number): RenderedDocument => {
    line += countLines(stream, counted, start);
    counted = start;
    let text = stream.slice(start, end);
    let firstLine = line;
    if (text.startsWith('\n')) {
      text = text.slice(1);
      firstLine += 1;
    }
    const lineEnd = text.indexOf('\n');
    const source = sourceLine.exec(lineEnd < 0 ? text : text.slice(0, lineEnd));
    if (source?.[1] !== undefined) template = source[1];
    return { template, text, firstLine };
  };
  let start = 0;
  for (const match of stream.matchAll(boundary)) {
    yield take(start, match.index);
    start = match.index + match[0].length;
  }
  yield take(start, stream.length);
}

export function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** The group of `apiVersion`, and `kind`, from top-level lines in block style, without parsing. */
export function peekKind(text: string): { readonly group: string; readonly kind: string } {
  const kind = topLevelScalar(text, 'kind');
  const apiVersion = topLevelScalar(text, 'apiVersion');
  const slash = apiVersion.indexOf('/');
  return { group: slash < 0 ? '' : apiVersion.slice(0, slash), kind };
}

function topLevelScalar(text: string, key: 'kind' | 'apiVersion'): string {
  const value = new RegExp(`^${key}:[ \\t]*["']?([\\w./-]+)["']?[ \\t\\r]*(?:#.*)?$`, 'm').exec(text)?.[1];
  return value ?? '';
}

import type { SourceLocation } from '../core/errors.ts';

export type DocumentPath = readonly (string | number)[];

/** A file that was read into plain values, and where in it each of them stands. */
export interface ParsedFile {
  readonly value: unknown;
  /** The place of a value, or of the nearest part of the file that should hold it. */
  placeOf(path: DocumentPath): SourceLocation;
  /** The place of the key that a path ends with. */
  placeOfKey(path: DocumentPath): SourceLocation;
}

/** Syntax errors beyond this many are noise that follows from the first ones. */
export const mostSyntaxErrors = 10;

/** Parsers call themselves for every level; an input file needs four or five. */
export const deepestNesting = 64;

/** Finds line and column, both counted from 1, of an offset in a text. */
export function createLineLookup(text: string): (offset: number) => { readonly line: number; readonly column: number } {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/** `helm_packages[0].name`: how messages write a path. */
export function formatPath(path: DocumentPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

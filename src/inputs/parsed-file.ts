import type { SourceLocation } from '../core/errors.ts';

export type DocumentPath = readonly (string | number)[];

/** A parsed file with the location of each value. */
export interface ParsedFile {
  readonly value: unknown;
  /** Location of a value, or of its closest existing parent. */
  locationOf(path: DocumentPath): SourceLocation;
  /** A value without quotes as it is written. Undefined for other values, and in JSON. */
  unquotedAt(path: DocumentPath): string | undefined;
  /** Location of the last key of a path. */
  locationOfKey(path: DocumentPath): SourceLocation;
}

/** Further syntax errors usually result from the first ones. */
export const mostSyntaxErrors = 10;

/** Parsers are recursive; an input file needs four or five levels. */
export const deepestNesting = 64;

/** Returns line and column, both from 1, of an offset. */
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

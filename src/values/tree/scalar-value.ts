import type { SourceLocation } from '../../core/errors.ts';
import { countLines } from '../../discovery/yaml/document.ts';
import { childPath, formatPath, type Path } from '../../discovery/yaml/yaml-path.ts';

/** Keys and list indices from the root of the values that a user passes: `['sub', 'image', 'tag']`. */
export type ValuePath = readonly (string | number)[];

/** A text that values were read from. */
export type ValuesSource =
  /** A file of the user's; lines of it can be shown. */
  | { readonly kind: 'file'; readonly file: string; readonly text: string }
  /**
   * A file in an archive: what can be shown is the archive, or the line that asks for it, and where in the archive it is:
   * `inside` is its path there, `archive` the archive's name.
   */
  | {
      readonly kind: 'packed';
      readonly place: SourceLocation;
      readonly archive: string;
      readonly inside: string;
      readonly text: string;
    }
  /** The input `set`, which has no lines. */
  | { readonly kind: 'set' };

/** One scalar of the values that a chart is rendered with, as the last one who sets it wrote it. */
export interface ScalarValue {
  readonly keys: ValuePath;
  /** Strings as their value; numbers and booleans as written. */
  readonly text: string;
  readonly scalar: 'string' | 'empty' | 'other';
  /** A `literal` scalar (`|`) keeps its lines. */
  readonly style: 'literal' | 'inline';
  readonly source: ValuesSource;
  /** Where the scalar begins in the source's text; 0 where there is none. */
  readonly offset: number;
}

/** `image.tag`, `containers[0].image`, `annotations["a.b/c"]`. */
export function formatValuePath(keys: ValuePath): string {
  return formatPath(keys.reduce<Path>(childPath, undefined));
}

/** Where all charts of a tree see a value: a subchart's `global` at the root, where it wins over the subchart's own. */
export function globalPath(keys: ValuePath): ValuePath {
  const global = keys.indexOf('global');
  return global > 0 ? keys.slice(global) : keys;
}

/** Equal for equal paths only: a key may hold any character. */
export function pathKey(keys: ValuePath): string {
  return JSON.stringify(keys);
}

/** Where the user can change the text that begins at `from` within the leaf's; undefined for the input `set`. */
export function locateValue(leaf: ScalarValue, from = 0): SourceLocation | undefined {
  const { source, offset } = leaf;
  switch (source.kind) {
    case 'set':
      return undefined;
    case 'packed':
      return source.place;
    case 'file': {
      const { line, further } = lineOf(leaf, source.text, from);
      if (further > 0) return { file: source.file, line: line + further };
      return { file: source.file, line, column: offset - source.text.lastIndexOf('\n', offset - 1) };
    }
  }
}

/** Where something is whose file no editor and no pull request shows. */
export interface PlaceInArchive {
  /** The archive's name: `probe-2.0.0.tgz`. */
  readonly archive: string;
  /** From the folder of the packed chart: `values.yaml:3`. */
  readonly inside: string;
}

/** Where in its archive the text that begins at `from` within the leaf's is; undefined for a leaf that is in none. */
export function locateValueInArchive(leaf: ScalarValue, from = 0): PlaceInArchive | undefined {
  const { source } = leaf;
  if (source.kind !== 'packed') return undefined;
  const { line, further } = lineOf(leaf, source.text, from);
  return { archive: source.archive, inside: `${source.inside}:${line + further}` };
}

/** The line of a leaf, and how much further down in it a text begins. */
function lineOf(leaf: ScalarValue, text: string, from: number): { readonly line: number; readonly further: number } {
  return {
    line: countLines(text, 0, leaf.offset) + 1,
    further: leaf.style === 'literal' ? countLines(leaf.text, 0, from) : 0,
  };
}

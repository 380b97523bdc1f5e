import type { SourceLocation } from '../../core/errors.ts';
import { countLines } from '../../discovery/yaml/document.ts';
import { childPath, formatPath, type Path } from '../../discovery/yaml/yaml-path.ts';
import type { SetSource } from '../../helm/charts/chart.ts';
import { type PrintedScalar, printedScalar, quotingAdvice } from './printed-scalar.ts';

/** Keys and list indexes from the root of the user values: `['sub', 'image', 'tag']`. */
export type ValuePath = readonly (string | number)[];

/** Source of values. */
export type ValuesSource =
  /** A user file, whose lines can be shown. */
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly text: string;
      /** A values file that the user passes to helm, and not that of a chart. */
      readonly isGiven?: true;
    }
  /**
   * A file in an archive: shown as the archive or the dependency that references it. `inside` is its path in
   * `archive`.
   */
  | {
      readonly kind: 'packed';
      readonly location: SourceLocation;
      readonly archive: string;
      readonly inside: string;
      readonly text: string;
    }
  /** The input `set`, which has no lines, or an entry of the configuration. */
  | { readonly kind: 'set'; readonly from?: SetSource };

/** A scalar of the merged values, with the source that wins. */
export interface ScalarValue {
  readonly keys: ValuePath;
  /** Strings are unquoted, numbers and booleans as written. */
  readonly text: string;
  readonly scalar: 'string' | 'empty' | 'other';
  /** A `literal` scalar (`|`) keeps line breaks. A `plain` one has no quotes. */
  readonly style: 'literal' | 'plain' | 'inline';
  readonly source: ValuesSource;
  /** Offset in the source, or 0 without one. */
  readonly offset: number;
}

/** What helm prints for an unquoted number or boolean. Undefined for strings. */
export function printedValue({ text, style }: Pick<ScalarValue, 'text' | 'style'>): PrintedScalar | undefined {
  return style === 'plain' ? printedScalar(text) : undefined;
}

/** A sentence if helm prints an unquoted value in another form than it is written. */
export function quotingOf(leaf: ScalarValue): string | undefined {
  const unquoted = leaf.source.kind === 'set' ? leaf.source.from?.unquoted : undefined;
  if (unquoted === undefined) return quotingAdvice(leaf.text, printedValue(leaf));
  return quotingAdvice(unquoted, { text: leaf.text, type: /^(?:true|false)$/.test(leaf.text) ? 'boolean' : 'number' });
}

/** `image.tag`, `containers[0].image`, `annotations["a.b/c"]`. */
export function formatValuePath(keys: ValuePath): string {
  return formatPath(keys.reduce<Path>(childPath, undefined));
}

/** Moves `global` of a subchart to the root, which overrides it. */
export function globalPath(keys: ValuePath): ValuePath {
  const global = keys.indexOf('global');
  return global > 0 ? keys.slice(global) : keys;
}

/** Unambiguous: keys may contain any character. */
export function pathKey(keys: ValuePath): string {
  return JSON.stringify(keys);
}

/** Location of the text at `from` in a value. Undefined for the input `set`. */
export function locateValue(leaf: ScalarValue, from = 0): SourceLocation | undefined {
  const { source, offset } = leaf;
  switch (source.kind) {
    case 'set':
      return source.from?.location;
    case 'packed':
      return source.location;
    case 'file': {
      const { line, further } = lineOf(leaf, source.text, from);
      if (further > 0) return { file: source.file, line: line + further };
      return { file: source.file, line, column: offset - source.text.lastIndexOf('\n', offset - 1) };
    }
  }
}

/** A position in an archive, which tools cannot show. */
export interface ArchiveLocation {
  /** File name: `probe-2.0.0.tgz`. */
  readonly archive: string;
  /** Path and line in the chart: `values.yaml:3`. */
  readonly inside: string;
}

/** Position of the text at `from` in its archive. Undefined outside of archives. */
export function locateValueInArchive(leaf: ScalarValue, from = 0): ArchiveLocation | undefined {
  const { source } = leaf;
  if (source.kind !== 'packed') return undefined;
  const { line, further } = lineOf(leaf, source.text, from);
  return { archive: source.archive, inside: `${source.inside}:${line + further}` };
}

/** Line of a value, and the line offset of a text in it. */
function lineOf(leaf: ScalarValue, text: string, from: number): { readonly line: number; readonly further: number } {
  return {
    line: countLines(text, 0, leaf.offset) + 1,
    further: leaf.style === 'literal' ? countLines(leaf.text, 0, from) : 0,
  };
}

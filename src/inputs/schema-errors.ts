import * as v from 'valibot';
import { ChartImagesError, type SourceLocation, throwAll } from '../core/errors.ts';
import { closestName, didYouMean } from './did-you-mean.ts';
import { quote } from './input-errors.ts';
import { type DocumentPath, formatPath, type ParsedFile } from './parsed-file.ts';

/** The part of a valibot schema that is used here. */
export interface SchemaNode {
  readonly type: string;
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly item?: SchemaNode;
  readonly wrapped?: SchemaNode;
  /** Schemas of a union, or values of a picklist. */
  readonly options?: readonly (SchemaNode | string)[];
  readonly pipe?: readonly SchemaNode[];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object; valibot alone would also accept a list. The message completes the sentence "Expected ...". */
export function object<const Entries extends v.ObjectEntries>(entries: Entries, expected: string) {
  return v.pipe(v.custom<Readonly<Record<string, unknown>>>(isRecord, expected), v.looseObject(entries, expected));
}

export const text = (expected: string) => v.pipe(v.string(expected), v.nonEmpty(expected));

/**
 * Returns the value if it matches the schema. Otherwise throws all errors together, each with line and column: unknown
 * keys (`unknown-input`), missing keys and wrong values (`schema`).
 */
export function checkSchema<S extends v.GenericSchema>(schema: S, document: ParsedFile): v.InferOutput<S> {
  const unknown = unknownKeys(schema, document.value, []);
  const result = v.safeParse(schema, document.value);
  const meant = new Set(unknown.flatMap(({ path, known }) => misspelledPath(path, known)));
  throwAll(
    [
      ...unknown.map(({ path, known }) => unknownKey(path, known, document)),
      ...(result.issues ?? []).flatMap(deepestIssue).flatMap((issue) => {
        const path = pathOf(issue);
        const missing = issue.path?.at(-1)?.origin === 'key';
        if (missing) return meant.has(formatPath(path)) ? [] : [missingKey(path, document)];
        return [wrongValue(path, issue, document)];
      }),
    ].toSorted((a, b) => sortByPosition(a.location, b.location)),
  );
  // Without issues, the output is typed.
  if (!result.success) throw new Error('a schema failed without an issue');
  return result.output;
}

interface UnknownKey {
  readonly path: DocumentPath;
  readonly known: readonly string[];
}

/** All unknown keys; valibot's strict object reports only the first of each object. */
function unknownKeys(shape: SchemaNode, value: unknown, path: DocumentPath): readonly UnknownKey[] {
  if (shape.pipe !== undefined) {
    const inner = shape.pipe.find((part) => part !== shape && part.entries !== undefined);
    if (inner !== undefined) return unknownKeys(inner, value, path);
  }
  if (shape.wrapped !== undefined) return unknownKeys(shape.wrapped, value, path);
  const { entries, item } = shape;
  if (item !== undefined && Array.isArray(value)) {
    return value.flatMap((entry, index) => unknownKeys(item, entry, [...path, index]));
  }
  if (entries === undefined || !isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined;
    if (known !== undefined) return unknownKeys(known, entry, [...path, key]);
    return [{ path: [...path, key], known: Object.keys(entries) }];
  });
}

/** The path of the key that was probably meant, so that it is not reported as missing. */
function misspelledPath(path: DocumentPath, known: readonly string[]): readonly string[] {
  const name = closestName(String(path.at(-1)), known);
  return name === undefined ? [] : [formatPath([...path.slice(0, -1), name])];
}

/** For a list that can also be a word: the issues of its entries. */
function deepestIssue(issue: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] {
  const inside = Array.isArray(issue.input) ? (issue.issues ?? []).filter(({ path }) => path !== undefined) : [];
  if (inside.length === 0) return [issue];
  return inside.map((entry) => Object.assign({}, entry, { path: [...(issue.path ?? []), ...(entry.path ?? [])] }));
}

function pathOf(issue: v.BaseIssue<unknown>): DocumentPath {
  return (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
}

function unknownKey(path: DocumentPath, known: readonly string[], document: ParsedFile): ChartImagesError {
  const key = String(path.at(-1));
  const location = document.locationOfKey(path);
  return new ChartImagesError(
    'unknown-input',
    `${location.file} has the unknown key ${quote(key)}.${didYouMean(key, known)}`,
    { advice: `Valid keys are ${known.join(', ')}.`, location },
  );
}

function missingKey(path: DocumentPath, document: ParsedFile): ChartImagesError {
  const location = document.locationOf(path.slice(0, -1));
  return new ChartImagesError('schema', `${location.file} is missing ${formatPath(path)}.`, {
    advice: `Add the key ${quote(String(path.at(-1)))} to the object at this position.`,
    location,
  });
}

function wrongValue(path: DocumentPath, issue: v.BaseIssue<unknown>, document: ParsedFile): ChartImagesError {
  const location = document.locationOf(path);
  const what = path.length === 0 ? 'The whole file' : formatPath(path);
  return new ChartImagesError('schema', `${what} in ${location.file} is ${describe(issue.input)}.`, {
    advice: `Expected ${issue.message}.`,
    location,
  });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty' : `the string ${quote(value)}`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'number') return `the number ${value}`;
  return isRecord(value) ? 'an object' : String(value);
}

function sortByPosition(a: SourceLocation | undefined, b: SourceLocation | undefined): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

import { ChartImagesError } from '../errors.ts';
import type { Report } from './report.ts';

/**
 * The report with every text of it masked. It is done on the value, before any face is made, because a face writes a text in
 * its own way (escaped for Markdown or XML, split by code spans) and a secret in it is then no longer the text to look for.
 */
export function maskReport(report: Report, mask: (text: string) => string): Report {
  return maskValue(report, mask, new Map());
}

/**
 * Most parts have no secret in them and stay the same values, and those that stand in several places (an image in its resolution, its
 * plan and its outcome) are gone through once: a report of thousands of charts is large.
 */
function maskValue<T>(value: T, mask: (text: string) => string, done: Map<unknown, unknown>): T {
  // The one place where parts are put together again; each has the type of the part it was made from.
  const same = (masked: unknown): T => masked as T;
  if (typeof value === 'string') return same(mask(value));
  if (value === null || typeof value !== 'object') return value;
  const known = done.get(value);
  if (known !== undefined) return same(known);
  const masked = same(maskParts(value, (part) => maskValue(part, mask, done), mask));
  done.set(value, masked);
  return masked;
}

type MaskPart = (part: unknown) => unknown;

function maskParts(value: object, maskPart: MaskPart, mask: (text: string) => string): unknown {
  if (value instanceof ChartImagesError) return maskError(value, mask);
  if (Array.isArray(value)) return ifOther<unknown>(value, value.map(maskPart)) ?? value;
  if (value instanceof Map) {
    const entries = [...value].flat();
    const masked = ifOther<unknown>(entries, entries.map(maskPart));
    return masked === undefined ? value : new Map(pairsOf(masked));
  }
  if (value instanceof Set) {
    const masked = ifOther<unknown>([...value], [...value].map(maskPart));
    return masked === undefined ? value : new Set(masked);
  }
  // What is left are plain objects; functions, bytes and instances hold no text that a face shows.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const keys = Object.keys(value);
  const masked = ifOther<unknown>(Object.values(value), Object.values(value).map(maskPart));
  return masked === undefined ? value : Object.fromEntries(keys.map((key, at) => [key, masked[at]]));
}

/** The second list where it differs from the first. */
function ifOther<T>(before: readonly T[], after: readonly T[]): readonly T[] | undefined {
  return after.some((part, at) => part !== before[at]) ? after : undefined;
}

function pairsOf(flat: readonly unknown[]): readonly [unknown, unknown][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at], flat[2 * at + 1]]);
}

function maskError(error: ChartImagesError, mask: (text: string) => string): ChartImagesError {
  const { code, message, advice, place } = error;
  return new ChartImagesError(code, mask(message), { advice: mask(advice), place: maskValue(place, mask, new Map()) });
}

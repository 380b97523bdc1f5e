import { ChartImagesError } from '../errors.ts';
import type { Report } from './report.ts';

/**
 * The report with every text of it masked. It is done on the value, before any face is made, because a face writes a text in
 * its own way (escaped for Markdown or XML, split by code spans) and a secret in it is then no longer the text to look for.
 */
export function maskReport(report: Report, mask: (text: string) => string): Report {
  return maskValue(report, mask);
}

function maskValue<T>(value: T, mask: (text: string) => string): T {
  // The one place where parts are put together again; each has the type of the part it was made from.
  const same = (masked: unknown): T => masked as T;
  if (typeof value === 'string') return same(mask(value));
  if (Array.isArray(value)) return same(value.map((part: unknown) => maskValue(part, mask)));
  if (value instanceof ChartImagesError) return same(maskError(value, mask));
  if (value instanceof Map) return same(new Map([...value].map((entry) => maskValue(entry, mask))));
  if (value instanceof Set) return same(new Set([...value].map((part) => maskValue(part, mask))));
  // What is left are plain objects; functions, bytes and instances hold no text that a face shows.
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return same(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, maskValue(part, mask)])));
}

function maskError(error: ChartImagesError, mask: (text: string) => string): ChartImagesError {
  const { code, message, advice, place } = error;
  return new ChartImagesError(code, mask(message), { advice: mask(advice), place: maskValue(place, mask) });
}

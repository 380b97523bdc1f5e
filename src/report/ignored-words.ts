import type { Ignored } from '../policy/policy.ts';
import { count } from './plain-text.ts';

/** `2 images and 1 finding ignored`; undefined where nothing is. Holds nothing that came from a chart. */
export function ignoredWords(ignored: readonly Ignored[]): string | undefined {
  const images = ignoredImages(ignored);
  const findings = ignored.reduce(
    (sum, each) => sum + each.findings.filter(({ image }) => image === undefined).length,
    0,
  );
  const parts = [images > 0 ? count(images, 'image') : '', findings > 0 ? count(findings, 'finding') : ''];
  const told = parts.filter((part) => part !== '');
  return told.length === 0 ? undefined : `${told.join(' and ')} ignored`;
}

export function ignoredImages(ignored: readonly Ignored[]): number {
  return new Set(ignored.flatMap(({ images }) => images.map(({ image }) => image))).size;
}

/** The user's reason, and the last day that it holds. */
export function reasonWords({ ignore }: Ignored): string {
  return ignore.until === undefined ? ignore.reason : `${ignore.reason} (until ${ignore.until})`;
}

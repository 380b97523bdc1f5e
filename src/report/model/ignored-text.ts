import { sum } from '../../core/sum.ts';
import { pluralize } from '../../core/text.ts';
import type { Ignored } from '../../discovery/policy/policy.ts';

/** `2 images and 1 finding ignored`; undefined if there are none. Contains no text from a chart. */
export function formatIgnored(ignored: readonly Ignored[]): string | undefined {
  const images = ignoredImages(ignored);
  const findings = sum(ignored.map((each) => each.findings.filter(({ image }) => image === undefined).length));
  const parts = [images > 0 ? pluralize(images, 'image') : '', findings > 0 ? pluralize(findings, 'finding') : ''];
  const reported = parts.filter((part) => part !== '');
  return reported.length === 0 ? undefined : `${reported.join(' and ')} ignored`;
}

export function ignoredImages(ignored: readonly Ignored[]): number {
  return new Set(ignored.flatMap(({ images }) => images.map(({ image }) => image))).size;
}

/** The user's reason, and the last day of the rule. */
export function formatIgnoreReason({ ignore }: Ignored): string {
  return ignore.until === undefined ? ignore.reason : `${ignore.reason} (until ${ignore.until})`;
}

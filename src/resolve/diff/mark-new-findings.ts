import type { Finding } from '../../core/findings.ts';
import type { Discovery } from '../../discovery/image-use.ts';
import type { Resolution } from '../resolution.ts';

/** What was there before the change. */
export interface BaseFindings {
  readonly images: Discovery['images'];
  readonly findings: readonly Finding[];
}

export interface AgeOptions {
  /** Undefined where there is nothing to compare with. */
  readonly base: BaseFindings | undefined;
  readonly resolutions: readonly Resolution[];
  /** Whether known findings may fail the run. */
  readonly failing: 'all' | 'new';
}

/**
 * Marks the findings that the change brings: those of images that the base names just so, and what discovery finds in the base
 * too, are `known`. With `new` only the others fail the run; a known error becomes a warning. A copy that failed is never old.
 */
export function markNewFindings(
  findings: readonly Finding[],
  { base, resolutions, failing }: AgeOptions,
): readonly Finding[] {
  if (base === undefined) return findings;
  const names = new Set(base.images.map(({ image }) => image));
  const reported = new Set(base.findings.map(fingerprint));
  const isOld = (finding: Finding): boolean => {
    if (reported.has(fingerprint(finding))) return true;
    if (finding.code === 'copy-failed' || finding.image === undefined) return false;
    return affectedImages(finding, finding.image, resolutions).every((image) => names.has(image));
  };
  return findings.map((finding) => {
    if (!isOld(finding)) return { ...finding, age: 'new' };
    const severity = failing === 'new' && finding.severity === 'error' ? 'warning' : finding.severity;
    return { ...finding, severity, age: 'known' };
  });
}

/** One finding for each registry error, at its first image. It applies to every image behind that registry; a target's error to all images. */
function affectedImages({ code }: Finding, image: string, resolutions: readonly Resolution[]): readonly string[] {
  if (code !== 'unknown') return [image];
  const hidden = resolutions.filter(({ status }) => status === 'unknown').map((resolution) => resolution.image.image);
  return hidden.includes(image) ? hidden : [image, ...resolutions.map((resolution) => resolution.image.image)];
}

/** Without the place: lines move whenever something is written above them. */
function fingerprint({ code, image, message }: Finding): string {
  return `${code} ${image ?? ''} ${message.replace(/\d+/g, '#')}`;
}

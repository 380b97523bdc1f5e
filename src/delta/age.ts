import type { Discovery } from '../discovery/use.ts';
import type { Finding } from '../findings.ts';
import type { Resolution } from '../resolution/resolution.ts';

/** What was there before the change. */
export interface KnownBefore {
  readonly images: Discovery['images'];
  readonly findings: readonly Finding[];
}

export interface AgeOptions {
  /** Undefined where there is nothing to compare with. */
  readonly base: KnownBefore | undefined;
  readonly resolutions: readonly Resolution[];
  /** Whether known findings may fail the run. */
  readonly failing: 'all' | 'new';
}

/**
 * Tells which findings the change brings: those of images that the base names just so, and what discovery finds in the base
 * too, are `known`. With `new` only the others fail the run; a known error becomes a warning. A copy that failed is never old.
 */
export function ageFindings(
  findings: readonly Finding[],
  { base, resolutions, failing }: AgeOptions,
): readonly Finding[] {
  if (base === undefined) return findings;
  const names = new Set(base.images.map(({ image }) => image));
  const told = new Set(base.findings.map(sameness));
  const isOld = (finding: Finding): boolean => {
    if (told.has(sameness(finding))) return true;
    if (finding.code === 'copy-failed' || finding.image === undefined) return false;
    return concerned(finding, finding.image, resolutions).every((image) => names.has(image));
  };
  return findings.map((finding) => {
    if (!isOld(finding)) return { ...finding, age: 'new' };
    const severity = failing === 'new' && finding.severity === 'error' ? 'warning' : finding.severity;
    return { ...finding, severity, age: 'known' };
  });
}

/** A trouble with a registry is told once, at its first image, and concerns all that it hides; one with the target, all images. */
function concerned({ code }: Finding, image: string, resolutions: readonly Resolution[]): readonly string[] {
  if (code !== 'unknown') return [image];
  const hidden = resolutions.filter(({ status }) => status === 'unknown').map((resolution) => resolution.image.image);
  return hidden.includes(image) ? hidden : [image, ...resolutions.map((resolution) => resolution.image.image)];
}

/** Without the place: lines move whenever something is written above them. */
function sameness({ code, image, message }: Finding): string {
  return `${code} ${image ?? ''} ${message.replace(/\d+/g, '#')}`;
}

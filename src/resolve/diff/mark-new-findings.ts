import type { Finding } from '../../core/findings.ts';
import type { Discovery } from '../../discovery/image-use.ts';
import type { Resolution } from '../resolution.ts';

/** Images and findings of the base. */
export interface BaseFindings {
  readonly images: Discovery['images'];
  readonly findings: readonly Finding[];
  /** Display paths of charts whose base could not be read: nothing in them is new. */
  readonly unreadCharts?: readonly string[];
}

export interface AgeOptions {
  /** Undefined if there is no base. */
  readonly base: BaseFindings | undefined;
  readonly resolutions: readonly Resolution[];
  /** Whether known findings may fail the run. */
  readonly failing: 'all' | 'new';
}

/**
 * Marks findings as `known` if the base has the same images or the same finding, otherwise as `new`. With `failing:
 * new`, known errors become warnings. A failed copy is never known.
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
    if (base.unreadCharts?.some((chart) => finding.file?.startsWith(`${chart}/`))) return true;
    if (finding.code === 'copy-failed' || finding.image === undefined) return false;
    return affectedImages(finding, finding.image, resolutions).every((image) => names.has(image));
  };
  return findings.map((finding) => {
    if (!isOld(finding)) return { ...finding, age: 'new' };
    const severity = failing === 'new' && finding.severity === 'error' ? 'warning' : finding.severity;
    return { ...finding, severity, age: 'known' };
  });
}

/** Images that a finding affects. A registry error is one finding, attached to its first image. */
function affectedImages({ code }: Finding, image: string, resolutions: readonly Resolution[]): readonly string[] {
  if (code !== 'unknown') return [image];
  const hidden = resolutions.filter(({ status }) => status === 'unknown').map((resolution) => resolution.image.image);
  return hidden.includes(image) ? hidden : [image, ...resolutions.map((resolution) => resolution.image.image)];
}

/** Without numbers, because lines move. */
function fingerprint({ code, image, message }: Finding): string {
  return `${code} ${image ?? ''} ${message.replace(/\d+/g, '#')}`;
}

import { type Finding, type FindingCode, imagesOf } from '../../core/findings.ts';
import type { Discovery } from '../../discovery/image-use.ts';

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
  /** Whether known findings may fail the run. */
  readonly failing: 'all' | 'new';
  /** Codes that are never known, in addition to a failed copy. */
  readonly ageless?: ReadonlySet<FindingCode> | undefined;
}

/**
 * Marks findings as `known` if the base has the same images or the same finding, otherwise as `new`. With `failing:
 * new`, known errors become warnings. A failed copy is never known.
 */
export function markNewFindings(
  findings: readonly Finding[],
  { base, failing, ageless }: AgeOptions,
): readonly Finding[] {
  if (base === undefined) return findings;
  const names = new Set(base.images.map(({ image }) => image));
  const reported = new Set(base.findings.map(fingerprint));
  const isOld = (finding: Finding): boolean => {
    if (ageless?.has(finding.code)) return false;
    if (reported.has(fingerprint(finding))) return true;
    if (base.unreadCharts?.some((chart) => finding.file?.startsWith(`${chart}/`))) return true;
    const images = imagesOf(finding);
    return finding.code !== 'copy-failed' && images.length > 0 && images.every((image) => names.has(image));
  };
  return findings.map((finding) => {
    if (!isOld(finding)) return { ...finding, age: 'new' };
    const severity = failing === 'new' && finding.severity === 'error' ? 'warning' : finding.severity;
    return { ...finding, severity, age: 'known' };
  });
}

/** Without numbers, because lines move. */
function fingerprint({ code, image, message }: Finding): string {
  return `${code} ${image ?? ''} ${message.replace(/\d+/g, '#')}`;
}

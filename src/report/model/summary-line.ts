import { type Finding, type FindingCode, imagesOf } from '../../core/findings.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import { pluralize } from '../../core/text.ts';
import type { ExitCode } from './exit-code.ts';
import { ignoredImages } from './ignored-text.ts';
import { worstFirst } from './problems.ts';
import type { Report } from './report.ts';
import type { Row } from './row.ts';
import type { Totals } from './totals.ts';

/** The result in one line for all formats. Contains no text from a chart or a registry. */
export interface RunSummary {
  /** `warning`: the run passes, with warnings. */
  readonly mark: 'passed' | 'warning' | 'failed';
  readonly text: string;
}

export function summarize(report: Report, rows: readonly Row[], totals: Totals, exitCode: ExitCode): RunSummary {
  if (report.errors.length > 0 || report.findings.some((finding) => finding.severity === 'error')) {
    const reasons = [...(report.errors.length > 0 ? [issues(report, exitCode)] : []), ...failures(report, rows)];
    return { mark: 'failed', text: shardText(report) + [...reasons, ...copying(report, rows, totals)].join('; ') };
  }
  const attention = report.findings.some((finding) => finding.severity === 'warning');
  return { mark: attention ? 'warning' : 'passed', text: shardText(report) + successes(totals, report) };
}

function issues(report: Report, exit: ExitCode): string {
  const errors = pluralize(report.errors.length, 'error');
  if (exit === 130) return 'The run was interrupted';
  return exit === 2 ? `The input is invalid (${errors})` : `The run did not complete (${errors})`;
}

const phrases: Record<FindingCode, (images: number, ofAll: string) => string> = {
  absent: (n, all) => `${n}${all} ${n === 1 ? 'was' : 'were'} not found in any source`,
  conflict: (n, all) => `${n}${all} ${n === 1 ? 'conflicts' : 'conflict'} with other content in the target`,
  'copy-failed': (n, all) => `${n}${all} could not be copied`,
  'attachment-failed': (n, all) => `${n}${all} ${n === 1 ? 'is' : 'are'} missing attachments in the target`,
  unknown: (n, all) => `${n}${all} could not be checked`,
  drift: (n, all) => `${n}${all} ${n === 1 ? 'differs' : 'differ'} from the lock file`,
  platform: (n, all) => `${n}${all} ${n === 1 ? 'is' : 'are'} missing a platform`,
  ambiguous: (n, all) => `${n}${all} could be either of two images`,
  differs: (n, all) => `${n}${all} ${n === 1 ? 'has' : 'have'} different content in two sources`,
  'unexpected-path': (n, all) => `${n}${all} ${n === 1 ? 'was' : 'were'} found under an unexpected path`,
  'floating-tag': (n, all) => `${n}${all} ${n === 1 ? 'has' : 'have'} a floating tag`,
  'empty-registry': (n, all) => `${n}${all} ${n === 1 ? 'has' : 'have'} an empty registry`,
  'moved-tag': (n, all) => `the tag of ${n}${all} is moved`,
  'no-images': () => 'no image was found to copy',
  placeholder: (n) => `${pluralize(n, 'placeholder')} ${n === 1 ? 'is' : 'are'} not filled in`,
  'no-tag': (n, all) => `${n}${all} ${n === 1 ? 'has' : 'have'} no tag`,
  unreadable: (n) => `${pluralize(n, 'place')} could not be read`,
  required: (n) => `${pluralize(n, 'required image')} ${n === 1 ? 'is' : 'are'} missing from the charts`,
  'expired-rule': (n) => `${pluralize(n, 'ignore')} ${n === 1 ? 'has' : 'have'} expired`,
  'unused-rule': (n) => `${pluralize(n, 'rule')} of the configuration ${n === 1 ? 'is' : 'are'} unused`,
  undeclared: (n) => `${pluralize(n, 'chart')} ${n === 1 ? 'does' : 'do'} not list all images`,
  'policy-changed': (n) => `${pluralize(n, 'rule')} ${n === 1 ? 'was' : 'were'} changed`,
  'no-base': () => 'the base could not be read',
  'other-chart': (n) => `${pluralize(n, 'other chart')} ${n === 1 ? 'is' : 'are'} deployed but not rendered`,
  unexplored: (n) => `${pluralize(n, 'chart')} ${n === 1 ? 'has' : 'have'} toggles that were not tried`,
  'duplicate-key': (n) => `${pluralize(n, 'values file')} with a duplicate key`,
  unvalidated: (n) => `${pluralize(n, 'chart')} ${n === 1 ? 'was' : 'were'} rendered without validation`,
  'dependency-mismatch': (n) =>
    `${pluralize(n, 'dependency').replace(/ys$/, 'ies')} in charts/ ${n === 1 ? 'is' : 'are'} out of date`,
  'side-effect': (n) => `the values overlay also changes ${pluralize(n, 'other field')}`,
  'fixed-registry': (n, all) => `${n}${all} ${n === 1 ? 'has' : 'have'} a registry that no value controls`,
};

/** The findings that fail the run, worst first. */
function failures(report: Report, rows: readonly Row[]): readonly string[] {
  const failing = report.findings.filter((finding) => finding.severity === 'error');
  const codes = [...new Set(failing.map((finding) => finding.code))].sort(worstFirst);
  const ofAll = rows.length === 1 ? ' image' : ` of ${rows.length} images`;
  return codes.map((code) => phrases[code](affected(code, failing, rows, report.plan), ofAll));
}

/**
 * The number of images that a finding code affects. One finding per registry error applies to all its images, so rows
 * and planned copies with that status also count.
 */
function affected(code: FindingCode, failing: readonly Finding[], rows: readonly Row[], plan: Report['plan']): number {
  const ofCode = failing.filter((finding) => finding.code === code);
  const images = new Set(ofCode.flatMap(imagesOf));
  for (const row of rows) if (row.status === code || isFailedCopy(code, row)) images.add(row.image);
  for (const { step, image } of plan?.copies ?? []) if (step.action === code) images.add(image.image);
  return images.size > 0 ? images.size : ofCode.length;
}

function isFailedCopy(code: FindingCode, { outcome }: Row): boolean {
  return code === 'copy-failed' && outcome === 'failed';
}

function copying(report: Report, rows: readonly Row[], totals: Totals): readonly string[] {
  const interrupted = rows.filter((row) => row.interrupted === true).length;
  const rest = interrupted === 0 ? [] : [`${interrupted} not copied`];
  if (totals.copied > 0) return [[copied(totals), ...rest].join(', ')];
  return report.push && totals.images > 0 ? ['nothing was copied'] : [];
}

function copied(totals: Totals): string {
  return `${totals.copied} copied (${formatBytes(totals.bytes)})`;
}

/** `Shard 2 of 5: `; `''` without shards. */
function shardText({ shard }: Report): string {
  return shard === undefined ? '' : `Shard ${shard.index} of ${shard.total}: `;
}

function plannedSize(plan: Report['plan']): string {
  const size = plan?.size;
  if (size === undefined) return '';
  return ` (${size.completeness === 'all' ? 'at most' : 'more than'} ${formatBytes(size.bytes)})`;
}

function successes(totals: Totals, { ignored, plan, share, outcomes, findings }: Report): string {
  const without = ignoredImages(ignored);
  const rest = without === 0 ? '' : `, ${without} ignored`;
  if (totals.images === 0) {
    const unread = findings.filter(({ code }) => code === 'unreadable').length;
    if (unread > 0) return `No image was found: ${phrases.unreadable(unread, '')}${rest}`;
    return without === 0 ? 'The charts contain no images' : `No image is left${rest}`;
  }
  if (totals.unresolved === totals.images) {
    return `${pluralize(totals.images, 'image')} listed${rest}, no registry was accessed`;
  }
  const parts = [`${totals.found} of ${pluralize(totals.images, 'image')} found`];
  if (totals.absent > 0) parts.push(`${totals.absent} not found in any source`);
  if (totals.unknown > 0) parts.push(`${totals.unknown} could not be checked`);
  if (totals.copied > 0) parts.push(copied(totals));
  if (totals.planned > 0) {
    const left = share && outcomes.length > 0 ? 'for other shards' : `to copy${plannedSize(plan)}`;
    parts.push(`${totals.planned} ${left}`);
  }
  if (totals.present > 0) parts.push(`${totals.present} already in the target`);
  if (totals.skipped > 0) parts.push(`${totals.skipped} skipped`);
  return parts.join(', ') + rest;
}

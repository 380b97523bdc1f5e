import { ChartImagesError } from '../../core/errors.ts';
import type { NamedReport } from './read-reports.ts';

/**
 * True for all shards of one run, false for runs over different charts. Throws `invalid-input` for mixed, duplicate,
 * unrelated or missing shards. A run that failed before it read its inputs counts as a missing shard, so that its
 * errors are merged.
 */
export function areShards(reports: readonly NamedReport[]): boolean {
  const shards = reports.flatMap(({ name, report: { shard } }) => (shard === undefined ? [] : [{ name, ...shard }]));
  const [first] = shards;
  if (first === undefined) return false;
  const others = reports.filter(({ report }) => report.shard === undefined);
  const whole = others.find(({ report }) => report.errors.length === 0);
  if (whole !== undefined) {
    throw refused(`${first.name} is from a sharded run, and ${whole.name} is not`, 'Merge them separately.');
  }
  const known = shards.find(({ division }) => division !== null) ?? first;
  const fits = (division: string | null) => division === null || division === known.division;
  const stranger = shards.find(({ total, division }) => total !== known.total || !fits(division));
  if (stranger !== undefined) {
    throw refused(
      `${known.name} and ${stranger.name} are from different sharded runs (images, target, or version differ)`,
      'Run all shards again with the same inputs. A lock-file keeps the digests of tags the same for all shards.',
    );
  }
  const seen = new Map<number, string>();
  for (const { index, name } of shards) {
    const before = seen.get(index);
    if (before !== undefined)
      throw refused(`${before} and ${name} are both from shard ${index}`, 'Specify each report once.');
    seen.set(index, name);
  }
  const missing = Array.from({ length: first.total }, (_, at) => at + 1).filter((index) => !seen.has(index));
  if (missing.length > others.length) {
    throw refused(
      `the report of shard ${missing.join(', ')} of ${first.total} is missing`,
      'Specify the report folders of all shards. If a job wrote no report, run it again.',
    );
  }
  return true;
}

function refused(what: string, advice: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Cannot merge the reports: ${what}.`, { advice });
}

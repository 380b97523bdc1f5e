import type { ReportView } from './report-view.ts';

/** The part of a report that hosts combine with the parts of other jobs. */
export type ReportPart = Omit<ReportView, 'totals' | 'summary' | 'exitCode'>;

/**
 * The part that a shard publishes where hosts combine jobs (annotations, tests, code scanning): the images that it
 * copies. The first shard also publishes all that is not copied. Without shards, the whole report.
 */
export function shardReport(view: ReportView): ReportPart {
  const { share, rows, ignored, findings, problems } = view;
  if (share === undefined) return view;
  const shardOf = (image: string | undefined): number => (image === undefined ? 1 : (share.shards.get(image) ?? 1));
  const isOwn = ({ image }: { readonly image?: string | undefined }): boolean => shardOf(image) === share.index;
  return {
    ...view,
    rows: rows.filter(isOwn),
    ignored: share.index === 1 ? ignored : [],
    findings: findings.filter(isOwn),
    // An error ends the run of this shard.
    problems: problems.filter((problem) => problem.kind === 'error' || isOwn(problem)),
  };
}

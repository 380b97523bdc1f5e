import type { Report } from './report.ts';

/**
 * The part of a report that a shard publishes where hosts combine jobs (annotations, tests, code scanning): the images
 * that it copies. The first shard also publishes all that is not copied. Without shards, the whole report.
 */
export function shardReport(report: Report): Report {
  const { share, discovery, ignored, mergedRows } = report;
  if (share === undefined) return report;
  const shardOf = (image: string | undefined): number => (image === undefined ? 1 : (share.shards.get(image) ?? 1));
  const isOwn = ({ image }: { readonly image?: string }): boolean => shardOf(image) === share.index;
  return {
    ...report,
    discovery: { ...discovery, images: discovery.images.filter(isOwn) },
    mergedRows: mergedRows?.filter(isOwn),
    ignored: share.index === 1 ? ignored : [],
    findings: report.findings.filter(isOwn),
  };
}

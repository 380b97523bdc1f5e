import type { Report } from './report.ts';

/**
 * The part of a report that a shard reports where a host combines what several jobs report (annotations, lists of tests, code
 * scanning), so that nothing is reported by each of them: the images that it copies. Those that are not copied or are ignored, and
 * what belongs to no image, are reported by the first. The whole report where one run copies all.
 */
export function shardReport(report: Report): Report {
  const { share, discovery, ignored, joined } = report;
  if (share === undefined) return report;
  const teller = (image: string | undefined): number => (image === undefined ? 1 : (share.shards.get(image) ?? 1));
  const isOwn = ({ image }: { readonly image?: string }): boolean => teller(image) === share.index;
  return {
    ...report,
    discovery: { ...discovery, images: discovery.images.filter(isOwn) },
    joined: joined?.filter(isOwn),
    ignored: share.index === 1 ? ignored : [],
    findings: report.findings.filter(isOwn),
  };
}

import type { Report } from './report.ts';

/**
 * The part of a report that a shard tells where a host puts together what several jobs tell (annotations, lists of tests, code
 * scanning), so that nothing is told by each of them: the images that it copies. Those that nobody copies or that are ignored, and
 * what belongs to no image, are told by the first. The whole report where one run copies all.
 */
export function ownPart(report: Report): Report {
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

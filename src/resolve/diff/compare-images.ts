import type { DiscoveredImage } from '../../discovery/image-use.ts';
import type { AddedImage, ImageDiff, MovedImage, RemovedImage } from './image-diff.ts';

/** Changes by reference only, without sizes. */
export type ImageChanges = Pick<ImageDiff, 'added' | 'removed' | 'moved'>;

/**
 * Compares references. A removed and an added reference of one repository are paired in order as a move. The rest is
 * added or removed.
 */
export function compareImages(before: readonly DiscoveredImage[], now: readonly DiscoveredImage[]): ImageChanges {
  const known = new Set(before.map(({ image }) => image));
  const kept = new Set(now.map(({ image }) => image));
  const removedByRepository = groupByRepository(before.filter(({ image }) => !kept.has(image)));
  const added: AddedImage[] = [];
  const moved: MovedImage[] = [];
  for (const image of now.filter((each) => !known.has(each.image))) {
    const repository = repositoryOf(image);
    const from = removedByRepository.get(repository)?.shift();
    const charts = chartsOf(image);
    if (from) moved.push({ image: repository, charts, from: from.image, to: image.image, bytes: undefined });
    else added.push({ image: image.image, charts, bytes: undefined });
  }
  const left = new Set([...removedByRepository.values()].flat());
  const removed = before
    .filter((image) => left.has(image))
    .map((image): RemovedImage => {
      return { image: image.image, charts: chartsOf(image) };
    });
  return { added, removed, moved };
}

function groupByRepository(images: readonly DiscoveredImage[]): Map<string, DiscoveredImage[]> {
  const groups = new Map<string, DiscoveredImage[]>();
  for (const image of images) groups.set(repositoryOf(image), [...(groups.get(repositoryOf(image)) ?? []), image]);
  return groups;
}

function repositoryOf({ reference: { registry, repository: path } }: DiscoveredImage): string {
  return registry === undefined ? path : `${registry}/${path}`;
}

function chartsOf({ uses }: DiscoveredImage): readonly string[] {
  return [
    ...new Set(uses.map(({ chart, chartPath, shownTemplate }) => (shownTemplate === undefined ? chart : chartPath))),
  ];
}

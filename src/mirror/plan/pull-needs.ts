import { ChartImagesError } from '../../core/errors.ts';
import { isIndex } from '../../core/oci/media-type.ts';
import { pluralize } from '../../core/text.ts';
import { formatWindow } from '../../registry/client/pull-budget.ts';
import type { Registries } from '../../registry/client/registry.ts';
import type { PlannedCopy, PullNeed } from './plan.ts';

/** Sends no request: the lookups of the images have the budget in their responses. */
export function pullNeeds(copies: readonly PlannedCopy[], registries: Registries): readonly PullNeed[] {
  const hosts = new Set(copies.map(({ from }) => from.registry));
  return [...hosts].flatMap((host): readonly PullNeed[] => {
    const budget = registries.get(host).pullBudget();
    if (budget === undefined) return [];
    const own = copies.filter(({ from }) => from.registry === host);
    const images = new Map(own.map(({ from, manifest }) => [`${from.repository}@${manifest.digest}`, manifest]));
    const hasIndex = [...images.values()].some(({ mediaType }) => isIndex(mediaType));
    const precision = hasIndex ? 'at least' : 'exactly';
    return [{ registry: host, images: own.length, pulls: images.size, precision, budget }];
  });
}

export function isWithinBudget({ pulls, budget }: PullNeed): boolean {
  return pulls <= budget.remaining;
}

/** `docker.io: 34 pulls needed, 61 of 100 left (limit for 6 hours)`. */
export function formatPullNeed(need: PullNeed): string {
  const { registry, budget } = need;
  return `${registry}: ${formatPulls(need)} needed, ${budget.remaining} of ${budget.limit} left (limit for ${formatWindow(budget)})`;
}

function formatPulls({ pulls, precision }: PullNeed): string {
  return `${precision === 'exactly' ? '' : 'at least '}${pluralize(pulls, 'pull')}`;
}

/** The error before the first byte. Otherwise the limit would end the copy in the middle. */
export function shortBudgetError(need: PullNeed): ChartImagesError {
  const { registry, images, budget } = need;
  const left = `${budget.remaining} of ${budget.limit} ${budget.remaining === 1 ? 'is' : 'are'} left within ${formatWindow(budget)}`;
  return new ChartImagesError(
    'throttled',
    `Cannot copy ${pluralize(images, 'image')} from ${registry}: ${formatPulls(need)} needed, and ${left}.`,
    {
      advice: `Set credentials of ${registry} with a higher limit, or run again later: images in the target are not pulled again. To copy as many as fit, set keep-going to true.`,
    },
  );
}

import type { Finding } from '../core/findings.ts';
import { formatReference } from '../core/oci/registry-reference.ts';
import type { DiscoveredImage } from '../discovery/image-use.ts';
import { notFoundReason } from '../registry/client/registry.ts';
import { ambiguous, differs, unexpectedPath } from './match-findings.ts';
import { type HiddenImage, outageFindings } from './outage-findings.ts';
import type { Lookup, Resolution } from './resolution.ts';
import type { Suggestion, Suggestions } from './suggest.ts';
import { formatUses, stripFullStop } from './use-text.ts';

/** Findings of the resolve step, in the order of the images. */
export function findingsOf(resolutions: readonly Resolution[], advice: Suggestions = new Map()): readonly Finding[] {
  const outages = outageFindings(resolutions.flatMap(hiddenImages), { answering: answeringRegistries(resolutions) });
  return resolutions.flatMap((resolution) => findingsFor(resolution, outages, advice));
}

function findingsFor(
  resolution: Resolution,
  outages: ReadonlyMap<DiscoveredImage, readonly Finding[]>,
  advice: Suggestions,
): readonly Finding[] {
  switch (resolution.status) {
    case 'absent':
      return [absent(resolution, advice.get(resolution))];
    case 'unknown':
      return outages.get(resolution.image) ?? [];
    case 'found':
      return [...ambiguous(resolution), ...unexpectedPath(resolution), ...differs(resolution)];
    case 'unresolved':
      return [];
  }
}

const generalAdvice =
  'Fix the reference in the chart, push the image to one of these repositories, add its registry and namespace to image-sources, or set credentials with access to it.';

const noSourceAdvice = 'Add the registry that has the image to image-sources, or write its registry in the chart.';

function formatLookups(lookups: readonly Lookup[]): string {
  if (lookups.length > 0) return `Checked: ${lookups.map(formatLookup).join(', ')}.`;
  return 'Its first component is a placeholder, so the source upstream has no registry to check.';
}

function absent({ image, lookups }: Resolution, hint: Suggestion | undefined): Finding {
  return {
    code: 'absent',
    severity: 'error',
    message: `Image not found: ${image.image} (used in ${formatUses(image)}). ${formatLookups(lookups)}`,
    advice: hint?.advice ?? (lookups.length === 0 ? noSourceAdvice : generalAdvice),
    image: image.image,
    ...(hint !== undefined && { part: hint.part }),
  };
}

function answeringRegistries(resolutions: readonly Resolution[]): ReadonlySet<string> {
  const answered = resolutions.flatMap(({ lookups }) => lookups.filter(({ result }) => result !== 'unknown'));
  return new Set(answered.map(({ candidate }) => candidate.reference.registry));
}

/** Every registry that hides the image, once. */
function hiddenImages({ status, image, lookups }: Resolution): readonly HiddenImage[] {
  if (status !== 'unknown') return [];
  return lookups.flatMap((lookup) => {
    return lookup.result === 'unknown' ? [{ image, candidate: lookup.candidate, error: lookup.error, lookups }] : [];
  });
}

/** The default reason is left out. */
function formatLookup(lookup: Lookup): string {
  const place = formatReference(lookup.candidate.reference);
  return lookup.result === 'absent' && lookup.reason !== notFoundReason
    ? `${place} (${stripFullStop(lookup.reason)})`
    : place;
}

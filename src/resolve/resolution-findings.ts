import type { Finding } from '../core/findings.ts';
import type { Digest } from '../core/oci/digest.ts';
import { formatReference } from '../core/oci/registry-reference.ts';
import type { DiscoveredImage } from '../discovery/image-use.ts';
import { notFoundReason } from '../registry/client/registry.ts';
import { type HiddenImage, outageFindings } from './outage-findings.ts';
import type { Candidate, Lookup, Resolution } from './resolution.ts';
import type { Suggestion, Suggestions } from './suggest.ts';
import { formatUses, joinNames, stripFullStop } from './use-text.ts';

type Found = Extract<Resolution, { status: 'found' }>;

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
      return ambiguous(resolution);
    case 'unresolved':
      return [];
  }
}

const generalAdvice =
  'Fix the reference in the chart, push the image to one of these repositories, add its registry and namespace to image-sources, or set credentials with access to it.';

function absent({ image, lookups }: Resolution, hint: Suggestion | undefined): Finding {
  return {
    code: 'absent',
    severity: 'error',
    message: `Image not found: ${image.image} (used in ${formatUses(image)}). Checked: ${lookups.map(formatLookup).join(', ')}.`,
    advice: hint?.advice ?? generalAdvice,
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

/**
 * Reports different content under another path in the same source, or under the same path in another source. Another
 * path in another source is unrelated (`nginx` and `bitnami/nginx`).
 */
function ambiguous({ image, lookups, candidate, manifest }: Found): Finding[] {
  const others = new Map<Digest, Candidate>();
  for (const lookup of lookups) {
    if (lookup.result !== 'found' || lookup.manifest.digest === manifest.digest) continue;
    const sameSource = lookup.candidate.source === candidate.source;
    const samePath = lookup.candidate.targetRepository === candidate.targetRepository;
    if ((sameSource || samePath) && !others.has(lookup.manifest.digest)) {
      others.set(lookup.manifest.digest, lookup.candidate);
    }
  }
  if (others.size === 0) return [];
  const inOneSource = [...others.values()].every((other) => other.source === candidate.source);
  const list = [...others].map(([digest, { reference }]) => `${formatReference(reference)} (${digest})`);
  return [
    {
      code: 'ambiguous',
      severity: 'warning',
      message: `${image.image} (used in ${formatUses(image)}) matches ${countImages(others.size + 1)}: ${formatReference(candidate.reference)} (${manifest.digest}), which is used, and ${joinNames(list)}.`,
      advice: inOneSource
        ? 'Name the registry in the chart, or remove the unintended copy.'
        : 'Push the same content to all of these sources, or set the digest in the chart. Otherwise the order of image-sources decides.',
      image: image.image,
    },
  ];
}

function countImages(count: number): string {
  return count === 2 ? 'two images' : `${count} images`;
}

/** The default reason is left out. */
function formatLookup(lookup: Lookup): string {
  const place = formatReference(lookup.candidate.reference);
  return lookup.result === 'absent' && lookup.reason !== notFoundReason
    ? `${place} (${stripFullStop(lookup.reason)})`
    : place;
}

import type { ChartImagesError } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import type { Digest } from '../core/oci/digest.ts';
import { formatReference } from '../core/oci/registry-reference.ts';
import { notFoundReason } from '../registry/client/registry.ts';
import type { Candidate, Lookup, Resolution } from './resolution.ts';
import type { Suggestion, Suggestions } from './suggest.ts';
import { formatUses, joinNames, stripFullStop } from './use-text.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** Findings of the resolve step, in the order of the images. */
export function findingsOf(resolutions: readonly Resolution[], advice: Suggestions = new Map()): readonly Finding[] {
  const groups = groupByError(resolutions);
  return resolutions.flatMap((resolution) => findingsFor(resolution, groups, advice));
}

function findingsFor(
  resolution: Resolution,
  groups: ReadonlyMap<string, readonly Resolution[]>,
  advice: Suggestions,
): readonly Finding[] {
  switch (resolution.status) {
    case 'absent':
      return [absent(resolution, advice.get(resolution))];
    case 'unknown':
      return unknownFindings(resolution, groups);
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

/**
 * One finding for all images with the same registry errors, attached to the first of them. Each image still has its
 * own resolution.
 */
function unknownFindings(resolution: Resolution, groups: ReadonlyMap<string, readonly Resolution[]>): Finding[] {
  const { image, lookups } = resolution;
  const [first, ...others] = groups.get(keyOf(errorsByRegistry(lookups))) ?? [];
  if (first !== resolution) return [];
  const errors = [...errorsByRegistry(lookups)];
  const alike = others.length === 0 ? '' : ` Also affected: ${joinNames(others.map((other) => other.image.image))}.`;
  return [
    {
      code: 'unknown',
      severity: 'error',
      message: `Cannot check ${image.image} (used in ${formatUses(image)}): ${errors.map(reasonOf).join('; ')}.${laterMatch(lookups)}${alike}`,
      advice: [...new Set(errors.map(([, error]) => error.advice))].join(' '),
      image: image.image,
      ...(isRegistryOfReference(resolution) && { part: 'registry' }),
    },
  ];
}

/** Whether all failed lookups concern the registry of the reference. */
function isRegistryOfReference({ image, lookups }: Resolution): boolean {
  const failed = lookups.filter(({ result }) => result === 'unknown');
  return (
    image.reference.registry !== undefined && failed.every(({ candidate }) => candidate.source.kind === 'upstream')
  );
}

/** Adds the registry if the message has only the name of its token server. */
function reasonOf([kind, error]: readonly [string, ChartImagesError]): string {
  const [registry = ''] = kind.split(' ');
  const reason = stripFullStop(error.message);
  return reason.includes(registry) ? reason : `${registry}: ${reason}`;
}

/** Explains why a match in a later source does not count. */
function laterMatch(lookups: readonly Lookup[]): string {
  const match = lookups.find((lookup) => lookup.result === 'found');
  return match === undefined ? '' : ` A later source has it: ${formatReference(match.candidate.reference)}.`;
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

function groupByError(resolutions: readonly Resolution[]): ReadonlyMap<string, readonly Resolution[]> {
  const groups = new Map<string, Resolution[]>();
  for (const resolution of resolutions) {
    if (resolution.status !== 'unknown') continue;
    const key = keyOf(errorsByRegistry(resolution.lookups));
    const group = groups.get(key);
    if (group) group.push(resolution);
    else groups.set(key, [resolution]);
  }
  return groups;
}

/** First error by registry and code. */
function errorsByRegistry(lookups: readonly Lookup[]): ReadonlyMap<string, ChartImagesError> {
  const errors = new Map<string, ChartImagesError>();
  for (const lookup of lookups) {
    if (lookup.result !== 'unknown') continue;
    const kind = `${lookup.candidate.reference.registry} ${lookup.error.code}`;
    if (!errors.has(kind)) errors.set(kind, lookup.error);
  }
  return errors;
}

function keyOf(errors: ReadonlyMap<string, ChartImagesError>): string {
  return [...errors.keys()].sort().join(', ');
}

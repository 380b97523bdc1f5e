import type { ChartImagesError } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import { formatReference } from '../core/oci/registry-reference.ts';
import { notFoundReason } from '../registry/client/registry.ts';
import { ambiguous, differs, unexpectedPath } from './match-findings.ts';
import type { Lookup, Resolution } from './resolution.ts';
import type { Suggestion, Suggestions } from './suggest.ts';
import { formatUses, joinNames, stripFullStop } from './use-text.ts';

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

import type { Finding } from '../core/findings.ts';
import type { Digest } from '../core/oci/digest.ts';
import { formatReference } from '../core/oci/registry-reference.ts';
import { type FirstComponent, type PathForm, undecidedComponent } from './path-rule.ts';
import type { Candidate, Lookup, Resolution } from './resolution.ts';
import { formatUses, joinNames } from './use-text.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/**
 * Different content under the other form of the path: in the same source, or in any source if the values of the chart
 * did not decide the order or the match contradicts them.
 */
export function ambiguous(resolution: Found): readonly Finding[] {
  const { image, candidate, first } = resolution;
  const isDecided = first !== undefined && first.role !== 'unclear' && !isSecondForm(resolution);
  const others = otherContent(
    resolution,
    (other) => other.form !== candidate.form && (!isDecided || other.source === candidate.source),
  );
  if (others.size === 0) return [];
  const component = quoteFirst(resolution);
  return [
    {
      code: 'ambiguous',
      severity: 'error',
      message: `${image.image} (used in ${formatUses(image)}) matches ${countImages(others.size + 1)}: ${listContent(resolution, others)}.`,
      advice: `Remove one of the copies. Otherwise, if ${component} stands for a registry, add it to placeholder-registries; if it is a namespace, write the registry in the chart.`,
      image: image.image,
    },
  ];
}

/** Only the second form of the path exists. */
export function unexpectedPath(resolution: Found): readonly Finding[] {
  const { image, candidate, first, lookups } = resolution;
  if (first === undefined || !isSecondForm(resolution)) return [];
  const component = quoteFirst(resolution);
  const expected = lookups.find(
    (lookup) => lookup.candidate.source === candidate.source && lookup.candidate.form === expectedForm(first),
  );
  // Upstream has no other form.
  const place = expected && formatReference(expected.candidate.reference);
  const found = `${formatReference(candidate.reference)}, ${candidate.form === 'whole' ? 'with' : 'without'} its first component ${component}`;
  return [
    {
      code: 'unexpected-path',
      severity: 'notice',
      message: `${image.image} (used in ${formatUses(image)}) was found only as ${found}. ${whyExpected(first, component)}${place === undefined ? '' : `, so ${place} was looked up first`}${expected?.result === 'unknown' ? ', but access to it is denied' : ''}.`,
      advice: adviceFor(first, component, place),
      image: image.image,
    },
  ];
}

/** Other content under the same path of another source. */
export function differs(resolution: Found): readonly Finding[] {
  const { image, candidate } = resolution;
  const others = otherContent(
    resolution,
    ({ source, targetRepository }) => source !== candidate.source && targetRepository === candidate.targetRepository,
  );
  if (others.size === 0) return [];
  return [
    {
      code: 'differs',
      severity: 'notice',
      message: `${image.image} (used in ${formatUses(image)}) has different content in ${countSources(others.size + 1)}: ${listContent(resolution, others)}.`,
      advice:
        'If the first source has the image that you want, there is nothing to do. Otherwise, change the order of image-sources, or set the digest in the chart.',
      image: image.image,
    },
  ];
}

/** Upstream has only the whole path, which only a placeholder speaks against. */
function isSecondForm({ candidate, first }: Found): boolean {
  if (first === undefined || candidate.form === expectedForm(first)) return false;
  return candidate.source.kind !== 'upstream' || first.role === 'placeholder';
}

function expectedForm({ role }: FirstComponent): PathForm {
  return role === 'namespace' ? 'whole' : 'stripped';
}

function whyExpected(first: FirstComponent, component: string): string {
  switch (first.role) {
    case 'placeholder':
      return `The value ${first.valuePath} is only ${component}, as the registry that AOSM sets would be`;
    case 'namespace':
      return first.valuePath === undefined
        ? `The template contains ${component} as text`
        : `${component} is part of the value ${first.valuePath}`;
    case 'unclear':
      return `The values of the chart do not show what ${component} is`;
  }
}

function adviceFor(first: FirstComponent, component: string, expected: string | undefined): string {
  switch (first.role) {
    case 'placeholder':
      return `If AOSM sets the value ${first.valuePath}, clusters pull the image without ${component}: ${expected === undefined ? 'add a registry that has it without to image-sources' : `push it as ${expected}`}.`;
    case 'namespace':
      return `If ${component} stands for a registry, add it to placeholder-registries. If it is a namespace, this is another image: push the right one as ${expected ?? 'the chart writes it'}.`;
    case 'unclear':
      return `Check that it is the right image. If ${component} stands for a registry, add it to placeholder-registries.`;
  }
}

function quoteFirst({ image }: Found): string {
  return JSON.stringify(undecidedComponent(image.reference) ?? '');
}

/** The first candidate of each other content. */
function otherContent(
  { lookups, manifest }: Found,
  counts: (candidate: Candidate) => boolean,
): ReadonlyMap<Digest, Candidate> {
  const others = new Map<Digest, Candidate>();
  for (const lookup of lookups) {
    if (!isFound(lookup) || lookup.manifest.digest === manifest.digest || !counts(lookup.candidate)) continue;
    if (!others.has(lookup.manifest.digest)) others.set(lookup.manifest.digest, lookup.candidate);
  }
  return others;
}

function isFound(lookup: Lookup): lookup is Extract<Lookup, { result: 'found' }> {
  return lookup.result === 'found';
}

function listContent({ candidate, manifest }: Found, others: ReadonlyMap<Digest, Candidate>): string {
  const list = [...others].map(([digest, { reference }]) => `${formatReference(reference)} (${digest})`);
  return `${formatReference(candidate.reference)} (${manifest.digest}), which is used, and ${joinNames(list)}`;
}

function countImages(count: number): string {
  return count === 2 ? 'two images' : `${count} images`;
}

function countSources(count: number): string {
  return count === 2 ? 'two sources' : `${count} sources`;
}

import type { Finding } from '../findings.ts';
import { formatLocation } from '../image/location.ts';
import type { Lookup, Resolution } from './resolution.ts';
import { clause, listNames, placesOfUse } from './wording.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** What a reviewer should know of where images come from; in the order of the images. */
export function findingsOf(resolutions: readonly Resolution[]): readonly Finding[] {
  const groups = groupByCause(resolutions);
  return resolutions.flatMap((resolution) => findingsFor(resolution, groups));
}

function findingsFor(resolution: Resolution, groups: ReadonlyMap<string, readonly Resolution[]>): readonly Finding[] {
  switch (resolution.status) {
    case 'absent':
      return [absent(resolution)];
    case 'unknown':
      return unknownFindings(resolution, groups);
    case 'found':
      return ambiguous(resolution);
    case 'unresolved':
      return [];
  }
}

function absent({ image, trace }: Resolution): Finding {
  return {
    code: 'absent',
    severity: 'error',
    message: `No source has ${image.image}, used in ${placesOfUse(image)}; looked at ${trace.map(told).join(', ')}.`,
    advice:
      'Push the image to one of these places, correct the reference in the chart, add the registry and namespace that holds it to image-sources, or give credentials that can see it.',
    image: image.image,
  };
}

/**
 * One finding for all images that the same trouble hides: a registry that is down is one fault and not sixty. The finding
 * belongs to the first of them; each image still has its own resolution.
 */
function unknownFindings(resolution: Resolution, groups: ReadonlyMap<string, readonly Resolution[]>): Finding[] {
  const [first, ...others] = groups.get(causeOf(resolution)) ?? [];
  const trouble = resolution.trace.find((lookup) => lookup.result === 'unknown');
  if (first !== resolution || trouble === undefined) return [];
  const { image, trace } = resolution;
  const same =
    others.length === 0
      ? ''
      : `; the same hides where ${listNames(others.map((other) => other.image.image))} ${others.length === 1 ? 'comes' : 'come'} from`;
  return [
    {
      code: 'unknown',
      severity: 'error',
      message: `It could not be found out where ${image.image}, used in ${placesOfUse(image)}, comes from; looked at ${trace.map(told).join(', ')}${same}.`,
      advice: trouble.error.advice,
      image: image.image,
    },
  ];
}

function ambiguous({ image, trace, candidate, manifest }: Found): Finding[] {
  const other = trace.find(
    (lookup) =>
      lookup.result === 'found' &&
      lookup.candidate.source === candidate.source &&
      lookup.manifest.digest !== manifest.digest,
  );
  if (other?.result !== 'found') return [];
  const used = formatLocation(candidate.location);
  return [
    {
      code: 'ambiguous',
      severity: 'warning',
      message: `${image.image}, used in ${placesOfUse(image)}, can mean two images: ${used} (${manifest.digest}), which was taken, and ${formatLocation(other.candidate.location)} (${other.manifest.digest}).`,
      advice:
        'Name the registry in the chart, or remove the copy that is not meant, so that the reference has one meaning.',
      image: image.image,
    },
  ];
}

function told(lookup: Lookup): string {
  const place = formatLocation(lookup.candidate.location);
  switch (lookup.result) {
    case 'found':
      return `${place} (has it, but counts only when the places before it do not)`;
    case 'absent':
      return `${place} (${clause(lookup.reason)})`;
    case 'unknown':
      return `${place} (${clause(lookup.error.message)})`;
  }
}

function groupByCause(resolutions: readonly Resolution[]): ReadonlyMap<string, readonly Resolution[]> {
  const groups = new Map<string, Resolution[]>();
  for (const resolution of resolutions) {
    if (resolution.status !== 'unknown') continue;
    const cause = causeOf(resolution);
    const group = groups.get(cause);
    if (group) group.push(resolution);
    else groups.set(cause, [resolution]);
  }
  return groups;
}

/** The registries that gave no answer and the kind of trouble with each. */
function causeOf({ trace }: Resolution): string {
  const troubles = trace.flatMap((lookup) =>
    lookup.result === 'unknown' ? [`${lookup.candidate.location.registry} ${lookup.error.code}`] : [],
  );
  return [...new Set(troubles)].sort().join(', ');
}

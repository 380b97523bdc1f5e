import type { ChartImagesError } from '../errors.ts';
import type { Finding } from '../findings.ts';
import { formatLocation } from '../image/location.ts';
import type { Lookup, Resolution } from './resolution.ts';
import { clause, listNames, placesOfUse } from './wording.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** What a reviewer should know of where images come from; in the order of the images. */
export function findingsOf(resolutions: readonly Resolution[]): readonly Finding[] {
  const groups = groupByTrouble(resolutions);
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
  const { image, trace } = resolution;
  const [first, ...others] = groups.get(keyOf(troublesOf(trace))) ?? [];
  if (first !== resolution) return [];
  const errors = [...troublesOf(trace).values()];
  const reasons = errors.map((error) => clause(error.message)).join('; ');
  const hidden = listNames(others.map((other) => other.image.image));
  const same =
    others.length === 0 ? '' : `; the same hides where ${hidden} ${others.length === 1 ? 'comes' : 'come'} from`;
  return [
    {
      code: 'unknown',
      severity: 'error',
      message: `It could not be found out where ${image.image}, used in ${placesOfUse(image)}, comes from: ${reasons}; looked at ${trace.map(told).join(', ')}${same}.`,
      advice: [...new Set(errors.map((error) => error.advice))].join(' '),
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
      return `${place} (unknown)`;
  }
}

function groupByTrouble(resolutions: readonly Resolution[]): ReadonlyMap<string, readonly Resolution[]> {
  const groups = new Map<string, Resolution[]>();
  for (const resolution of resolutions) {
    if (resolution.status !== 'unknown') continue;
    const key = keyOf(troublesOf(resolution.trace));
    const group = groups.get(key);
    if (group) group.push(resolution);
    else groups.set(key, [resolution]);
  }
  return groups;
}

/** The first error of each kind from each registry. */
function troublesOf(trace: readonly Lookup[]): ReadonlyMap<string, ChartImagesError> {
  const troubles = new Map<string, ChartImagesError>();
  for (const lookup of trace) {
    if (lookup.result !== 'unknown') continue;
    const kind = `${lookup.candidate.location.registry} ${lookup.error.code}`;
    if (!troubles.has(kind)) troubles.set(kind, lookup.error);
  }
  return troubles;
}

function keyOf(troubles: ReadonlyMap<string, ChartImagesError>): string {
  return [...troubles.keys()].sort().join(', ');
}

import type { ChartImagesError } from '../core/errors.ts';
import type { Finding } from '../core/findings.ts';
import { formatReference } from '../core/oci/registry-reference.ts';
import { joinWithLimit } from '../core/text.ts';
import type { DiscoveredImage } from '../discovery/image-use.ts';
import type { Candidate, Lookup } from './resolution.ts';
import { formatUses, stripFullStop } from './use-text.ts';

/** An image that could not be checked in a registry. */
export interface HiddenImage {
  readonly image: DiscoveredImage;
  readonly candidate: Candidate;
  readonly error: ChartImagesError;
  /** All lookups of the image. */
  readonly trace?: readonly Lookup[];
}

/** Images in a message. The report has all. */
const imagesShown = 20;

/**
 * One finding for each registry and kind of error, with all images that it hides. The registry is named by a source, so
 * the finding is there and at no line of a chart, unless all references name it themselves.
 * `object` completes "Cannot check …": `the platforms of`.
 */
export function outageFindings(
  hidden: readonly HiddenImage[],
  object = '',
): ReadonlyMap<DiscoveredImage, readonly Finding[]> {
  const outages = new Map<string, HiddenImage[]>();
  for (const one of hidden) {
    const key = `${one.candidate.location.registry} ${one.error.code}`;
    const known = outages.get(key);
    if (known === undefined) outages.set(key, [one]);
    else if (known.every(({ image }) => image !== one.image)) known.push(one);
  }
  const findings = new Map<DiscoveredImage, readonly Finding[]>();
  for (const [first, ...others] of outages.values()) {
    if (first === undefined) continue;
    findings.set(first.image, [...(findings.get(first.image) ?? []), outageFinding(first, others, object)]);
  }
  return findings;
}

function outageFinding(first: HiddenImage, others: readonly HiddenImage[], object: string): Finding {
  const { image, candidate, error } = first;
  const all = [first, ...others];
  const images = all.map((one) => one.image.image);
  const { registry } = candidate.location;
  const reason = stripFullStop(error.message);
  // The message may have only the name of the registry's token server.
  const cause = reason.includes(registry) ? reason : `${registry}: ${reason}`;
  const subject =
    others.length === 0 ? `${image.image} (used in ${formatUses(image)})` : `${images.length} images in ${registry}`;
  const list = others.length === 0 ? '' : ` They are ${joinWithLimit(images, imagesShown)}.`;
  return {
    code: 'unknown',
    severity: 'error',
    message: `Cannot check ${[object, subject].filter((text) => text !== '').join(' ')}: ${cause}.${laterMatches(all)}${list}`,
    advice: error.advice,
    images,
    ...(all.every(isNamedByReference) ? { image: image.image, part: 'registry' } : sourcePlace(candidate)),
  };
}

function sourcePlace({ source }: Candidate): Pick<Finding, 'file' | 'line'> {
  const { file, line } = source.place ?? {};
  return { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}

function isNamedByReference({ image, candidate }: HiddenImage): boolean {
  return candidate.source.kind === 'upstream' && image.reference.registry !== undefined;
}

/** Explains why a match in a later source does not count. */
function laterMatches(hidden: readonly HiddenImage[]): string {
  const matches = hidden.flatMap(({ trace = [] }) => trace.find(({ result }) => result === 'found') ?? []);
  const [first] = matches;
  if (first === undefined) return '';
  return hidden.length === 1
    ? ` A later source has it: ${formatReference(first.candidate.location)}.`
    : ` Later sources have ${matches.length} of them.`;
}

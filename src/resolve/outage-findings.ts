import type { ChartImagesError, ErrorCode } from '../core/errors.ts';
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
  readonly lookups: readonly Lookup[];
}

export interface OutageOptions {
  /** Registries that have, or report as absent, another image. */
  readonly answering: ReadonlySet<string>;
  /** Completes "Cannot check …": `the platforms of`. */
  readonly object?: string;
}

/** Images in a message. The report has all. */
const imagesShown = 20;

/** Findings by the first image that they hide. One for each registry and kind of error, with all images. */
export function outageFindings(
  hidden: readonly HiddenImage[],
  options: OutageOptions,
): ReadonlyMap<DiscoveredImage, readonly Finding[]> {
  const outages = new Map<string, HiddenImage[]>();
  for (const one of hidden) {
    const key = `${one.candidate.reference.registry} ${one.error.code}`;
    const known = outages.get(key);
    if (known === undefined) outages.set(key, [one]);
    else if (known.every(({ image }) => image !== one.image)) known.push(one);
  }
  const findings = new Map<DiscoveredImage, readonly Finding[]>();
  for (const [first, ...others] of outages.values()) {
    if (first === undefined) continue;
    findings.set(first.image, [...(findings.get(first.image) ?? []), outageFinding([first, ...others], options)]);
  }
  return findings;
}

function outageFinding(
  hidden: readonly [HiddenImage, ...HiddenImage[]],
  { answering, object }: OutageOptions,
): Finding {
  const [{ image, candidate, error }] = hidden;
  const images = hidden.map((one) => one.image.image);
  const { registry } = candidate.reference;
  const reason = stripFullStop(error.message);
  // The message may have only the name of the registry's token server.
  const cause = reason.includes(registry) ? reason : `${registry}: ${reason}`;
  const isOne = hidden.length === 1;
  const subject = isOne ? `${image.image} (used in ${formatUses(image)})` : `${images.length} images`;
  const list = isOne ? '' : ` They are ${joinWithLimit(images, imagesShown)}.`;
  return {
    code: 'unknown',
    severity: 'error',
    message: `Cannot check ${object === undefined ? '' : `${object} `}${subject}: ${cause}.${laterMatches(hidden)}${list}`,
    advice: [error.advice, ...explainRegistry(hidden)].join(' '),
    images,
    ...locationOf(hidden, answering),
  };
}

/** Errors that are never about one image. */
const outageCodes: ReadonlySet<ErrorCode> = new Set(['network', 'tls', 'timeout', 'throttled']);

/**
 * The reference if it names the registry. Otherwise the source, at no line of a chart, unless the registry answers for
 * other images: then this one may be named wrong, because registries deny access to repositories that do not exist.
 */
function locationOf(
  hidden: readonly [HiddenImage, ...HiddenImage[]],
  answering: ReadonlySet<string>,
): Pick<Finding, 'image' | 'part' | 'file' | 'line'> {
  const [{ image, candidate, error }] = hidden;
  if (hidden.every(isNamedByReference)) return { image: image.image, part: 'registry' };
  const isOutage = outageCodes.has(error.code) || !answering.has(candidate.reference.registry);
  if (!isOutage) return { image: image.image };
  const { file, line } = candidate.source.location ?? {};
  return { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
}

/** Where the registry is named, if the references do not show it. */
function explainRegistry(hidden: readonly HiddenImage[]): readonly string[] {
  if (hidden.every(isNamedByReference)) return [];
  return hidden.some(({ candidate }) => candidate.source.kind === 'registry')
    ? ['The registry is named in image-sources.']
    : ['References without a registry are looked up on Docker Hub.'];
}

function isNamedByReference({ image, candidate }: HiddenImage): boolean {
  return candidate.source.kind === 'upstream' && image.reference.registry !== undefined;
}

/** Explains why a match in a later source does not count. */
function laterMatches(hidden: readonly HiddenImage[]): string {
  const matches = hidden.flatMap(({ lookups }) => lookups.find(({ result }) => result === 'found') ?? []);
  const [first] = matches;
  if (first === undefined) return '';
  return hidden.length === 1
    ? ` A later source has it: ${formatReference(first.candidate.reference)}.`
    : ` Later sources have ${matches.length} of them.`;
}

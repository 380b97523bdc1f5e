import type { DiscoveredImage } from '../discovery/use.ts';
import { createLimit } from '../limit.ts';
import type { Registries } from '../registry/registry.ts';
import { type Ask, askOnce } from './ask.ts';
import { candidatesOf } from './candidates.ts';
import { findingsOf } from './findings.ts';
import type { Candidate, Lookup, Resolution, Resolutions } from './resolution.ts';
import type { Source } from './source.ts';

export interface ResolveOptions {
  /** Images looked for at once, 1 or more; requests to one registry are bounded by its client. */
  readonly concurrency: number;
}

/** Looks for every image in the sources. Throws only `cancelled`: everything else becomes part of the answer. */
export async function resolveImages(
  images: readonly DiscoveredImage[],
  sources: readonly Source[],
  registries: Registries,
  options: ResolveOptions,
): Promise<Resolutions> {
  const ask = askOnce(registries);
  const limit = createLimit(options.concurrency);
  const resolutions = await Promise.all(
    images.map((image) => limit(async () => decide(image, await lookAround(image, sources, ask)))),
  );
  return { resolutions, findings: findingsOf(resolutions) };
}

/** What there is to say when no registry may be asked (`resolve: false`). */
export function leaveUnresolved(images: readonly DiscoveredImage[]): Resolutions {
  return { resolutions: images.map((image) => ({ status: 'unresolved', image, trace: [] })), findings: [] };
}

/**
 * Source after source, until one has the image. Both forms of the path are asked for in a source even when the first is
 * found, since other content under the second is something the author should know.
 */
async function lookAround(image: DiscoveredImage, sources: readonly Source[], ask: Ask): Promise<readonly Lookup[]> {
  const trace: Lookup[] = [];
  for (const candidates of bySource(candidatesOf(image.reference, sources))) {
    const lookups = await Promise.all(candidates.map((candidate) => lookAt(candidate, ask)));
    trace.push(...lookups);
    if (lookups.some((lookup) => lookup.result === 'found')) break;
  }
  return trace;
}

async function lookAt(candidate: Candidate, ask: Ask): Promise<Lookup> {
  const answer = await ask(candidate.location);
  switch (answer.result) {
    case 'found':
      return { result: 'found', candidate, manifest: answer.value };
    case 'absent':
      return { result: 'absent', candidate, reason: answer.reason };
    case 'unknown':
      return { result: 'unknown', candidate, error: answer.error };
  }
}

/**
 * The first hit in order wins. A place that could not be asked makes the image unknown even when a later one has it:
 * the earlier one may hold other content, and copying that later one would be a wrong image.
 */
function decide(image: DiscoveredImage, trace: readonly Lookup[]): Resolution {
  const first = trace.find((lookup) => lookup.result !== 'absent');
  if (first === undefined) return { status: 'absent', image, trace };
  switch (first.result) {
    case 'found':
      return { status: 'found', image, trace, candidate: first.candidate, manifest: first.manifest };
    case 'unknown':
      return { status: 'unknown', image, trace };
  }
}

function bySource(candidates: readonly Candidate[]): Iterable<readonly Candidate[]> {
  const groups = new Map<Source, Candidate[]>();
  for (const candidate of candidates) {
    const group = groups.get(candidate.source);
    if (group) group.push(candidate);
    else groups.set(candidate.source, [candidate]);
  }
  return groups.values();
}

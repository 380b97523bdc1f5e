import { createConcurrencyLimit } from '../core/concurrency-limit.ts';
import { ChartImagesError } from '../core/errors.ts';
import type { ReferencePart } from '../core/findings.ts';
import { dockerHub, formatReference, type RegistryReference } from '../core/oci/registry-reference.ts';
import { notFoundReason, type Registries, type RegistryReader } from '../registry/client/registry.ts';
import { type AlternativeRepository, guess, inCatalog, withoutFirst } from './alternative-repositories.ts';
import { architectureTags } from './architecture-tags.ts';
import type { Source } from './image-source.ts';
import { type LookupManifest, orUndefined } from './lookup-manifest.ts';
import { nearestTags } from './nearest-tags.ts';
import { type PathRule, possibleForms } from './path-rule.ts';
import type { Resolution } from './resolution.ts';
import { joinNames } from './use-text.ts';

/** Maximum of images with suggestions. If more are absent, the sources are wrong. */
const maximumSuggested = 20;

/** Maximum of repositories whose tags are listed: two paths in two sources. */
const maximumTagLists = 4;

/** Maximum of sources to check for the path without its first component, so that other guesses are checked too. */
const maximumStripped = 2;

/** Maximum of other repositories to check. */
const maximumAlternatives = 4;

export interface SuggestionSources {
  readonly sources: readonly Source[];
  readonly pathRule: PathRule;
  readonly registries: Registries;
  readonly lookupManifest: LookupManifest;
  /** Maximum of concurrent images. */
  readonly concurrency: number;
}

/** A likely mistake in a reference. */
export interface Suggestion {
  /** One sentence. Undefined for the general advice. */
  readonly advice: string | undefined;
  readonly part: ReferencePart;
}

/** Suggestions by image, only for images that have one. */
export type Suggestions = ReadonlyMap<Resolution, Suggestion>;

/**
 * Looks for another repository with the image, or for similar tags. Sends a bounded number of requests, only for
 * absent images. Registry errors are ignored. Throws only `cancelled`.
 */
export async function suggestForAbsent(
  resolutions: readonly Resolution[],
  deps: SuggestionSources,
): Promise<Suggestions> {
  const absent = resolutions.filter(({ status }) => status === 'absent').slice(0, maximumSuggested);
  if (absent.length === 0) return new Map();
  const catalogs = createCatalogs(deps.registries);
  const known = knownRegistries(resolutions, deps.sources);
  const limit = createConcurrencyLimit(deps.concurrency);
  const advised = await Promise.all(
    absent.map((resolution) =>
      limit(async (): Promise<readonly [Resolution, Suggestion][]> => {
        const other = await findAlternative(resolution, catalogs, known, deps);
        const suggestion = other ? suggestAlternative(other) : await suggestFromRepositories(resolution, deps);
        return suggestion === undefined ? [] : [[resolution, suggestion]];
      }),
    ),
  );
  return new Map(advised.flat());
}

function suggestAlternative({ reference, remedy, part }: AlternativeRepository): Suggestion {
  return { advice: `${formatReference(reference)} exists: if you mean that image, ${remedy}.`, part };
}

/** The first alternative that has the image. */
async function findAlternative(
  resolution: Resolution,
  catalogs: Catalogs,
  known: readonly string[],
  { sources, pathRule, lookupManifest }: SuggestionSources,
): Promise<AlternativeRepository | undefined> {
  const forms = possibleForms(resolution.image.reference, pathRule);
  const checked = resolution.lookups.map(({ candidate }) => candidate.reference.registry);
  // Docker Hub doesn't list its repositories.
  const registries = [...new Set(checked)].filter((registry) => registry !== dockerHub);
  const listed = await Promise.all(
    registries.map(async (registry) => inCatalog(resolution, registry, await catalogs.of(registry), forms)),
  );
  const stripped = withoutFirst(resolution, sources, forms).slice(0, maximumStripped);
  const others = [...listed.flat(), ...guess(resolution, sources, known)];
  const locations = [...stripped, ...others].slice(0, maximumAlternatives);
  const responses = await Promise.all(locations.map(({ reference }) => lookupManifest(reference)));
  return locations.find((_, index) => responses[index]?.result === 'found');
}

/** If a repository has other content, the tag or digest is wrong. Otherwise its name is. */
async function suggestFromRepositories(
  resolution: Resolution,
  { lookupManifest, registries }: SuggestionSources,
): Promise<Suggestion | undefined> {
  const { lookups } = resolution;
  const { tag, digest } = resolution.image.reference;
  const absent = lookups.flatMap((lookup) =>
    lookup.result === 'absent' && lookup.reason === notFoundReason ? [lookup.candidate.reference] : [],
  );
  const references = absent.slice(0, maximumTagLists);
  if (digest !== undefined && tag !== undefined) {
    const moved = await suggestDigest(references, lookupManifest);
    if (moved !== undefined) return moved;
  }
  let isKnown = absent.length === lookups.length && absent.length <= maximumTagLists;
  for (const reference of references) {
    const tags = await orUndefined(tagsOf(reference, registries));
    isKnown &&= tags !== undefined;
    if (tags === undefined || tags.length === 0) continue;
    const there = `${reference.registry}/${reference.repository}`;
    return digest === undefined
      ? { advice: tagAdvice(there, tag ?? 'latest', tags), part: 'tag' }
      : {
          advice: `${there} exists without that digest: fix the digest, or push ${missingContent}.`,
          part: 'digest',
        };
  }
  return isKnown ? { advice: undefined, part: 'repository' } : undefined;
}

const missingContent = 'the missing content';

/** Current digest of the tag next to a digest. */
async function suggestDigest(
  references: readonly RegistryReference[],
  lookupManifest: LookupManifest,
): Promise<Suggestion | undefined> {
  const tagged = references.map((reference): RegistryReference => ({ ...reference, digest: undefined }));
  const responses = await Promise.all(tagged.map(lookupManifest));
  for (const [index, response] of responses.entries()) {
    const location = tagged[index];
    if (location === undefined || response.result !== 'found') continue;
    const now = `${formatReference(location)} is now ${response.value.digest}`;
    return { advice: `${now}: fix the digest, or push ${missingContent}.`, part: 'digest' };
  }
  return undefined;
}

function tagAdvice(location: string, wanted: string, tags: readonly string[]): string {
  const single = architectureTags(wanted, tags);
  if (single.length > 0) {
    const remedy = `push an index of them as ${wanted}, or use one of them`;
    return `${location} has ${joinNames(single)}, each for one architecture: ${remedy}.`;
  }
  const nearest = nearestTags(wanted, tags);
  const names = nearest.length > 0 ? joinNames(nearest) : `${tags.length} other tags`;
  return `${location} has ${names}: fix the tag, or push it.`;
}

interface Catalogs {
  of(registry: string): Promise<readonly string[]>;
}

/** Repositories by registry, listed once. Empty if the registry does not list them. */
function createCatalogs(registries: Registries): Catalogs {
  const catalogs = new Map<string, Promise<readonly string[]>>();
  return {
    of(registry) {
      const catalog = catalogs.get(registry) ?? namesOf(registries.get(registry));
      catalogs.set(registry, catalog);
      return catalog;
    },
  };
}

function knownRegistries(resolutions: readonly Resolution[], sources: readonly Source[]): readonly string[] {
  const named = resolutions.flatMap(({ image }) => image.reference.registry ?? []);
  return [...new Set([...sources.flatMap((source) => (source.kind === 'registry' ? source.registry : [])), ...named])];
}

async function namesOf(registry: RegistryReader): Promise<readonly string[]> {
  return (await orUndefined(registry.listRepositories())) ?? [];
}

/** Empty if the repository does not exist. */
async function tagsOf({ registry, repository }: RegistryReference, registries: Registries): Promise<readonly string[]> {
  try {
    return await registries.get(registry).listTags(repository);
  } catch (error) {
    if (error instanceof ChartImagesError && error.code === 'not-found') return [];
    throw error;
  }
}

import type { ReferencePart } from '../core/findings.ts';
import type { ImageReference } from '../core/oci/reference.ts';
import { formatReference, type RegistryReference } from '../core/oci/registry-reference.ts';
import { candidatesOf, joinNamespace, withDockerHubLibrary } from './candidates.ts';
import type { Source } from './image-source.ts';
import { type PathForm, undecidedComponent } from './path-rule.ts';
import type { Resolution } from './resolution.ts';

/** A repository that was not a candidate, and how to make it one. */
export interface AlternativeRepository {
  readonly reference: RegistryReference;
  readonly remedy: string;
  /** Part of the reference that differs. */
  readonly part: ReferencePart;
}

/** Suffixes of a path: `a/b/c`, `b/c`, `c`. */
export function pathSuffixes(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(index).join('/'));
}

/**
 * Repositories in a catalog that end like the path of the reference, longest match first. Without those that were
 * already checked.
 */
export function inCatalog(
  { image, lookups }: Resolution,
  registry: string,
  repositories: readonly string[],
  forms: readonly PathForm[],
): readonly AlternativeRepository[] {
  const { reference } = image;
  const checked = new Set(lookups.map(({ candidate }) => formatReference(candidate.reference)));
  return pathSuffixes(reference.repository)
    .flatMap((ending, index) =>
      repositories
        .filter((name) => name === ending || name.endsWith(`/${ending}`))
        .sort((left, right) => left.length - right.length || (left < right ? -1 : 1))
        .map((name) => {
          const namespace = name === ending ? '' : name.slice(0, -ending.length - 1);
          const isCandidate = index === 0 || (index === 1 && forms.includes('stripped'));
          const missing = isCandidate && namespace !== '' ? namespace : undefined;
          const part = namespace.split('/').at(-1) === registryName(reference) ? 'registry' : 'namespace';
          return toAlternative(reference, { registry, name, part }, missing);
        }),
    )
    .filter((location, index, all) => {
      const text = formatReference(location.reference);
      return !checked.has(text) && all.findIndex((other) => formatReference(other.reference) === text) === index;
    });
}

/** The path without its first component, where that is not a candidate. */
export function withoutFirst(
  { image: { reference } }: Resolution,
  sources: readonly Source[],
  forms: readonly PathForm[],
): readonly AlternativeRepository[] {
  const first = undecidedComponent(reference);
  if (first === undefined || forms.includes('stripped')) return [];
  return candidatesOf(reference, sources, ['stripped']).map((candidate) => ({
    reference: candidate.reference,
    remedy: `add ${first} to placeholder-registries, or write ${formatReference(candidate.reference)} in the chart`,
    part: 'registry',
  }));
}

/**
 * Guesses for registries without a catalog: the registry of the reference as a namespace (`R/quay.io/org/app`), a
 * source without its namespace, and a first part that abbreviates a known registry.
 */
export function guess(
  { image, lookups }: Resolution,
  sources: readonly Source[],
  knownRegistries: readonly string[],
): readonly AlternativeRepository[] {
  const { reference } = image;
  const checked = new Set(lookups.map(({ candidate }) => formatReference(candidate.reference)));
  const locations = sources.flatMap((source) => {
    if (source.kind === 'upstream') return [];
    const { registry, namespace } = source;
    const below = registryName(reference);
    const asNamespace = below === undefined ? undefined : joinNamespace(namespace, below);
    const without = toAlternative(reference, { registry, name: reference.repository, part: 'namespace' }, undefined);
    if (asNamespace === undefined) return [without];
    const name = joinNamespace(asNamespace, reference.repository);
    return [toAlternative(reference, { registry, name, part: 'registry' }, asNamespace), without];
  });
  const [first = '', ...rest] = reference.repository.split('/');
  const matching = knownRegistries.filter((host) => reference.registry === undefined && host.startsWith(`${first}.`));
  const asRegistry =
    rest.length === 0
      ? []
      : matching.map((registry) =>
          toAlternative(reference, { registry, name: rest.join('/'), part: 'registry' }, undefined),
        );
  return [...asRegistry, ...locations].filter(({ reference }) => !checked.has(formatReference(reference)));
}

/** Mirrors use the registry without its port as a namespace. */
function registryName({ registry }: ImageReference): string | undefined {
  return registry?.replace(/:\d+$/, '');
}

/** `namespace`: to add to the source. Undefined if the reference itself must change. */
function toAlternative(
  { tag, digest }: ImageReference,
  { registry, name, part }: { readonly registry: string; readonly name: string; readonly part: ReferencePart },
  namespace: string | undefined,
): AlternativeRepository {
  const repository = withDockerHubLibrary(registry, name);
  const location = { registry, repository, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
  const remedy =
    namespace === undefined
      ? `write ${formatReference(location)} in the chart`
      : `add ${registry}/${namespace} to image-sources`;
  return { reference: location, remedy, part };
}

import type { ReferencePart } from '../core/findings.ts';
import type { ImageReference } from '../core/oci/reference.ts';
import { formatReference, type RegistryReference } from '../core/oci/registry-reference.ts';
import { joinNamespace, repositoryAt } from './candidates.ts';
import type { Source } from './image-source.ts';
import type { Resolution } from './resolution.ts';

/** A place that was not among the candidates, and what the user would change so that it is. */
export interface AlternativeRepository {
  readonly location: RegistryReference;
  readonly remedy: string;
  /** What of the reference is another there. */
  readonly part: ReferencePart;
}

/** The ways to write a path with fewer and fewer of its first parts: `a/b/c`, `b/c`, `c`. */
export function pathSuffixes(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(index).join('/'));
}

/**
 * Where in a registry the image may be, from the names of its repositories: those that end like the reference's path, the
 * longest likeness first. What was looked at already is left out.
 */
export function inCatalog(
  { image, trace }: Resolution,
  registry: string,
  repositories: readonly string[],
): readonly AlternativeRepository[] {
  const { reference } = image;
  const checked = new Set(trace.map(({ candidate }) => formatReference(candidate.location)));
  return pathSuffixes(reference.repository)
    .flatMap((ending, index) =>
      repositories
        .filter((name) => name === ending || name.endsWith(`/${ending}`))
        .sort((left, right) => left.length - right.length || (left < right ? -1 : 1))
        .map((name) => {
          const namespace = name === ending ? '' : name.slice(0, -ending.length - 1);
          // Every source is asked for the path and, without a registry in the reference, for it without its first part.
          const isCandidate = index === 0 || (index === 1 && reference.registry === undefined);
          const missing = isCandidate && namespace !== '' ? namespace : undefined;
          const part = namespace.split('/').at(-1) === registryName(reference) ? 'registry' : 'namespace';
          return toAlternative(reference, { registry, name, part }, missing);
        }),
    )
    .filter((location, index, all) => {
      const text = formatReference(location.location);
      return !checked.has(text) && all.findIndex((other) => formatReference(other.location) === text) === index;
    });
}

/**
 * Where the image may be in registries that list no repositories: the registry of the reference as a namespace of a source
 * (`R/quay.io/org/app`), a source without its namespace, and a first part that is the short name of a known registry.
 */
export function guess(
  { image, trace }: Resolution,
  sources: readonly Source[],
  knownRegistries: readonly string[],
): readonly AlternativeRepository[] {
  const { reference } = image;
  const checked = new Set(trace.map(({ candidate }) => formatReference(candidate.location)));
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
  return [...asRegistry, ...locations].filter(({ location }) => !checked.has(formatReference(location)));
}

/** As mirrors name a namespace after a registry: without its port. */
function registryName({ registry }: ImageReference): string | undefined {
  return registry?.replace(/:\d+$/, '');
}

/** `namespace` is what the source would have to name; without one the reference itself has to change. */
function toAlternative(
  { tag, digest }: ImageReference,
  { registry, name, part }: { readonly registry: string; readonly name: string; readonly part: ReferencePart },
  namespace: string | undefined,
): AlternativeRepository {
  const repository = repositoryAt(registry, name);
  const location = { registry, repository, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
  const remedy =
    namespace === undefined
      ? `write ${formatReference(location)} in the chart`
      : `add ${registry}/${namespace} to image-sources`;
  return { location, remedy, part };
}

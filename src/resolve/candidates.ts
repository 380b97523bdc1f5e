import type { ImageReference } from '../core/oci/reference.ts';
import { canonicalRegistry, dockerHub, formatReference } from '../core/oci/registry-reference.ts';
import type { Source } from './image-source.ts';
import type { Candidate } from './resolution.ts';

/**
 * Every place where an image may be found, in the order in which a hit wins (design.md, "The path rule"):
 * - a registry in the reference is taken off, the rest is the path;
 * - without one, `first/rest` may start with a placeholder that AOSM overwrites or with a real namespace, and nothing in
 *   the text doesn't say which: each source is asked for `rest`, then for `first/rest`;
 * - `upstream` is the registry that the reference names; the reference means Docker Hub where it names none.
 *
 * A place that occurs twice stays where it is first.
 */
export function candidatesOf(reference: ImageReference, sources: readonly Source[]): readonly Candidate[] {
  const byReference = new Map<string, Candidate>();
  for (const candidate of sources.flatMap((source) => candidatesIn(source, reference))) {
    const key = formatReference(candidate.location);
    if (!byReference.has(key)) byReference.set(key, candidate);
  }
  return [...byReference.values()];
}

/** The repository of `path` in a registry: Docker Hub, and only it, keeps one-part names below `library/`. */
export function repositoryAt(registry: string, path: string): string {
  return registry === dockerHub && !path.includes('/') ? `library/${path}` : path;
}

/** `namespace/path`, or `path` where the namespace is `''`. */
export function joinNamespace(namespace: string, path: string): string {
  return namespace === '' ? path : `${namespace}/${path}`;
}

function candidatesIn(source: Source, reference: ImageReference): readonly Candidate[] {
  const { registry, namespace } = registryOf(source, reference);
  return pathsIn(source, reference).map((path) => ({
    source,
    location: {
      registry,
      repository: repositoryAt(registry, joinNamespace(namespace, path)),
      tag: reference.tag ?? (reference.digest === undefined ? 'latest' : undefined),
      digest: reference.digest,
    },
    targetRepository: path,
  }));
}

function registryOf(
  source: Source,
  reference: ImageReference,
): { readonly registry: string; readonly namespace: string } {
  switch (source.kind) {
    case 'registry':
      return source;
    case 'upstream':
      return { registry: canonicalRegistry(reference.registry ?? dockerHub), namespace: '' };
  }
}

function pathsIn(source: Source, reference: ImageReference): readonly string[] {
  const slash = reference.repository.indexOf('/');
  const isWhole = source.kind === 'upstream' || reference.registry !== undefined || slash < 0;
  return isWhole ? [reference.repository] : [reference.repository.slice(slash + 1), reference.repository];
}

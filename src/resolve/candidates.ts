import type { ImageReference } from '../core/oci/reference.ts';
import { canonicalRegistry, dockerHub, formatReference } from '../core/oci/registry-reference.ts';
import type { Source } from './image-source.ts';
import type { Candidate } from './resolution.ts';

/**
 * Repositories to check, in priority order (design.md, "The path rule"), without duplicates. Without a registry in the
 * reference, its first part may be a namespace or a placeholder that AOSM overwrites, so each source is checked
 * without it and with it. `upstream` is the registry of the reference, by default Docker Hub.
 */
export function candidatesOf(reference: ImageReference, sources: readonly Source[]): readonly Candidate[] {
  const byReference = new Map<string, Candidate>();
  for (const candidate of sources.flatMap((source) => candidatesIn(source, reference))) {
    const key = formatReference(candidate.reference);
    if (!byReference.has(key)) byReference.set(key, candidate);
  }
  return [...byReference.values()];
}

/** Adds `library/` to one-part names on Docker Hub. */
export function withDockerHubLibrary(registry: string, path: string): string {
  return registry === dockerHub && !path.includes('/') ? `library/${path}` : path;
}

/** `namespace/path`, or `path` if the namespace is empty. */
export function joinNamespace(namespace: string, path: string): string {
  return namespace === '' ? path : `${namespace}/${path}`;
}

function candidatesIn(source: Source, reference: ImageReference): readonly Candidate[] {
  const { registry, namespace } = registryOf(source, reference);
  return pathsIn(source, reference).map((path) => ({
    source,
    reference: {
      registry,
      repository: withDockerHubLibrary(registry, joinNamespace(namespace, path)),
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

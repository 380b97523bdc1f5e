import type { ImageReference } from '../core/oci/reference.ts';
import {
  canonicalRegistry,
  dockerHub,
  formatReference,
  type RegistryReference,
} from '../core/oci/registry-reference.ts';
import type { Source } from './image-source.ts';
import type { PathForm } from './path-rule.ts';
import type { Candidate } from './resolution.ts';

/**
 * Repositories to check, in priority order, without duplicates. `upstream` is the registry of the reference, by default
 * Docker Hub. A path without its first component can be that of another image (`bitnami/redis` and `redis`), so if it
 * is the second form, the first one is looked up in every source before it.
 */
export function candidatesOf(
  reference: ImageReference,
  sources: readonly Source[],
  forms: readonly PathForm[],
): readonly Candidate[] {
  const asked = sources.filter(({ kind }) => kind === 'registry' || hasUpstream(reference, forms));
  const pairs =
    forms[0] === 'whole'
      ? forms.flatMap((form) => asked.map((source) => ({ source, form })))
      : asked.flatMap((source) => forms.map((form) => ({ source, form })));
  const byReference = new Map<string, Candidate>();
  for (const { source, form } of pairs) {
    const candidate = candidateIn(source, reference, form);
    const key = formatReference(candidate.reference);
    if (!byReference.has(key) && isInSource(candidate, reference)) byReference.set(key, candidate);
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

/** A placeholder says nothing about the registry, so there is nothing to ask. */
function hasUpstream({ placeholder }: ImageReference, forms: readonly PathForm[]): boolean {
  return placeholder === undefined && forms.includes('whole');
}

/**
 * Docker Hub as the implied registry holds only the whole path. `library/nginx` is the same repository in both forms,
 * so it gets the target path that it has from `docker.io`.
 */
function isInSource({ source, form, reference: candidate }: Candidate, reference: ImageReference): boolean {
  return source.kind !== 'upstream' || form === 'whole' || candidate.repository === reference.repository;
}

function candidateIn(source: Source, reference: ImageReference, form: PathForm): Candidate {
  const { registry, namespace } = registryOf(source, reference);
  const { repository, digest } = reference;
  const path = form === 'whole' ? repository : repository.slice(repository.indexOf('/') + 1);
  const candidate: RegistryReference = {
    registry,
    repository: withDockerHubLibrary(registry, joinNamespace(namespace, path)),
    tag: reference.tag ?? (digest === undefined ? 'latest' : undefined),
    digest,
  };
  return { source, reference: candidate, targetRepository: path, form };
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

import type { Digest } from './digest.ts';

/** A reference with its registry: a candidate, a source or a target. At least one of tag and digest is set. */
export interface RegistryReference {
  /** Host and optional port, lower case; Docker Hub is `docker.io`. */
  readonly registry: string;
  /** Without leading or trailing slash. One-component names of Docker Hub have the prefix `library/`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

export const dockerHub = 'docker.io';

/** The three host names of Docker Hub become `docker.io` (docker/cli registry config). */
export function canonicalRegistry(host: string): string {
  const lower = host.toLowerCase();
  return lower === 'index.docker.io' || lower === 'registry-1.docker.io' ? dockerHub : lower;
}

/** `registry/repository[:tag][@digest]`. */
export function formatReference(reference: RegistryReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** The `<reference>` of a manifest request: the digest if there is one, or else the tag. */
export function manifestReference(reference: RegistryReference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

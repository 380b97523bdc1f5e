import type { Digest } from './digest.ts';

/** One place in a registry: what a candidate, a source and a target are made of. At least one of tag and digest is set. */
export interface RegistryReference {
  /** Host and optional port, lower case; Docker Hub is `docker.io`. */
  readonly registry: string;
  /** Without leading or trailing slash; Docker Hub's one-part names have their `library/`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

export const dockerHub = 'docker.io';

/** Docker Hub has three host names; all mean `docker.io` (docker/cli registry config). */
export function canonicalRegistry(host: string): string {
  const lower = host.toLowerCase();
  return lower === 'index.docker.io' || lower === 'registry-1.docker.io' ? dockerHub : lower;
}

/** `registry/repository[:tag][@digest]`. */
export function formatReference(location: RegistryReference): string {
  const tag = location.tag === undefined ? '' : `:${location.tag}`;
  const digest = location.digest === undefined ? '' : `@${location.digest}`;
  return `${location.registry}/${location.repository}${tag}${digest}`;
}

/** What a manifest is asked by: the digest decides where there is one. */
export function manifestReference(location: RegistryReference): string {
  return location.digest ?? location.tag ?? 'latest';
}

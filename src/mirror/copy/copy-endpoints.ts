import type { RegistryReference } from '../../core/oci/registry-reference.ts';
import type { Registries, RegistryReader, RegistryWriter } from '../../registry/client/registry.ts';

/** One repository in one registry. */
export interface RepositoryHandle<R> {
  readonly registry: R;
  readonly repository: string;
}

/** Where content is read and where it is written: all that the copy knows of the world. */
export interface CopyEndpoints {
  readonly from: RepositoryHandle<RegistryReader>;
  readonly to: RepositoryHandle<RegistryWriter>;
}

export function createEndpoints(from: RegistryReference, to: RegistryReference, registries: Registries): CopyEndpoints {
  return {
    from: { registry: registries.at(from.registry), repository: from.repository },
    to: { registry: registries.at(to.registry), repository: to.repository },
  };
}

/** `host/repository@digest`, for messages and as the key of what is moved once. */
export function formatDigestReference(side: RepositoryHandle<{ readonly host: string }>, digest: string): string {
  return `${side.registry.host}/${side.repository}@${digest}`;
}

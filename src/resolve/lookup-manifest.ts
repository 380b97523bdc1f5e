import { passingErrors, rootCause } from '../core/errors.ts';
import { manifestReference, type RegistryReference } from '../core/oci/registry-reference.ts';
import type { Access, Lookup, ManifestDescriptor, Registries } from '../registry/client/registry.ts';

/** Checks whether a manifest exists. Errors do not repeat the reference. Throws only `cancelled`. */
export type LookupManifest = (reference: RegistryReference) => Promise<Lookup<ManifestDescriptor>>;

/** Checks each manifest once, also for concurrent calls. */
export function createCachedLookup(registries: Registries, access?: Access): LookupManifest {
  const responses = new Map<string, Promise<Lookup<ManifestDescriptor>>>();

  const request = async (
    { registry, repository }: RegistryReference,
    key: string,
  ): Promise<Lookup<ManifestDescriptor>> => {
    const response = await registries.get(registry).headManifest(repository, key, access);
    if (response.result !== 'unknown') return response;
    return { result: 'unknown', error: rootCause(response.error) };
  };

  return (reference) => {
    const key = manifestReference(reference);
    const cacheKey = `${reference.registry}/${reference.repository} ${key}`;
    const response = responses.get(cacheKey) ?? request(reference, key);
    responses.set(cacheKey, response);
    return response;
  };
}

/** Result of an optional request. Undefined if it fails. Throws only `cancelled`. */
export async function orUndefined<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (thrown) {
    passingErrors(thrown);
    return undefined;
  }
}

import { type ChartImagesError, rootCause, toErrors } from '../core/errors.ts';
import { manifestReference, type RegistryReference } from '../core/oci/registry-reference.ts';
import type { Lookup, ManifestDescriptor, Registries } from '../registry/client/registry.ts';

/** Asks whether a place has a manifest; an error does not name the place again. Only throws `cancelled`. */
export type LookupManifest = (location: RegistryReference) => Promise<Lookup<ManifestDescriptor>>;

/**
 * Asks each registry for each manifest once: a repeated question, even while the first is in flight, gets that response.
 * A registry that could not be reached, or kept asking to slow down, for one manifest is not tried for the others, which would
 * cost the patience of the client for each of them.
 */
export function createCachedLookup(registries: Registries): LookupManifest {
  const responses = new Map<string, Promise<Lookup<ManifestDescriptor>>>();
  const failedRegistries = new Map<string, ChartImagesError>();

  const request = async (
    { registry, repository }: RegistryReference,
    key: string,
  ): Promise<Lookup<ManifestDescriptor>> => {
    const error = failedRegistries.get(registry);
    if (error) return { result: 'unknown', error };
    const response = await registries.at(registry).headManifest(repository, key);
    if (response.result !== 'unknown') return response;
    const root = rootCause(response.error);
    if (isHostFailure(root)) failedRegistries.set(registry, root);
    return { result: 'unknown', error: root };
  };

  return (location) => {
    const key = manifestReference(location);
    const cacheKey = `${location.registry}/${location.repository} ${key}`;
    const response = responses.get(cacheKey) ?? request(location, key);
    responses.set(cacheKey, response);
    return response;
  };
}

function isHostFailure({ code }: ChartImagesError): boolean {
  return code === 'network' || code === 'tls' || code === 'timeout' || code === 'throttled';
}

/** What a registry was asked for the sake of advice; undefined where it does not tell. Throws only `cancelled`. */
export async function orUndefined<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (thrown) {
    const [error] = toErrors(thrown);
    if (error === undefined || error.code === 'cancelled' || error.code === 'internal') throw thrown;
    return undefined;
  }
}

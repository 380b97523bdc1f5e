import type { Registries, Registry } from '../../registry/client/registry.ts';

/** All registries, but one looks empty: it can't be asked before its artifact manifest is there. */
export function withEmptyRegistry(registries: Registries, host: string): Registries {
  return {
    ...registries,
    at(name) {
      const registry = registries.at(name);
      return name === host ? withoutManifests(registry) : registry;
    },
  };
}

function withoutManifests(registry: Registry): Registry {
  return {
    ...registry,
    headManifest: async () => ({ result: 'absent', reason: 'its artifact manifest does not exist yet' }),
  };
}

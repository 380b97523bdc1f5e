import type { Registries, Registry } from '../registry/registry.ts';

/** All registries, but one answers as if it had nothing: nobody can ask it before its artifact manifest is there. */
export function emptyRegistry(registries: Registries, host: string): Registries {
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
    headManifest: async () => ({ result: 'absent', reason: 'its artifact manifest is not there yet' }),
  };
}

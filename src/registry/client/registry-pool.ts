import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import { getBlob, hasBlob } from './blobs.ts';
import { listRepositories } from './catalog.ts';
import { type ClientOptions, createClient, type RegistryClient } from './client.ts';
import { cacheManifests } from './manifest-cache.ts';
import { getManifest, headManifest, putManifest } from './manifests.ts';
import { listReferrers } from './referrers.ts';
import type { Registries, Registry } from './registry.ts';
import { listTags } from './tags.ts';
import { createUploads } from './uploads.ts';

/** What all registries of a run share; `concurrency` counts the requests in flight at each, reads and writes apart. */
export interface RegistriesOptions extends Omit<ClientOptions, 'host'> {
  /** A registry that will be asked later, as a target is: it is greeted now, while others are waited for. */
  readonly warmUpHost?: string | undefined;
}

/** The registries of a run, each opened when it is first asked for. */
export function createRegistries(options: RegistriesOptions): Registries {
  const opened = new Map<string, Registry>();
  if (options.warmUpHost !== undefined) {
    const client = createClient({ ...options, host: canonicalRegistry(options.warmUpHost) });
    client.warmUp();
    opened.set(client.host, registryOf(client));
  }
  return {
    at(name) {
      const host = canonicalRegistry(name);
      const registry = opened.get(host) ?? registryOf(createClient({ ...options, host }));
      opened.set(host, registry);
      return registry;
    },
    close: () => options.http.close(),
  };
}

function registryOf(client: RegistryClient): Registry {
  const uploads = createUploads(client);
  return {
    host: client.host,
    headManifest: (repository, key) => headManifest(client, repository, key),
    getManifest: cacheManifests((repository, key) => getManifest(client, repository, key)),
    putManifest: (repository, key, manifest) => putManifest(client, repository, key, manifest),
    hasBlob: (repository, blob) => hasBlob(client, repository, blob),
    getBlob: (repository, blob, offset = 0) => getBlob(client, repository, blob, offset),
    putBlob: uploads.put,
    supportsMount: uploads.mounts,
    listTags: (repository, extent) => listTags(client, repository, extent),
    listReferrers: (repository, digest) => listReferrers(client, repository, digest),
    listRepositories: () => listRepositories(client),
  };
}

import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import { getBlob, hasBlob } from './blobs.ts';

import { type ClientOptions, createClient, type RegistryClient } from './client.ts';
import { listRepositories, listTags } from './lists.ts';
import { cacheManifests } from './manifest-cache.ts';
import { getManifest, headManifest, putManifest } from './manifests.ts';
import { listReferrers } from './referrers.ts';
import type { Registries, Registry } from './registry.ts';
import { createUploads } from './uploads.ts';
import { watchPullBudget } from './watch-pull-budget.ts';

/** `concurrency` is the limit for each registry, separately for reads and writes. */
export interface RegistriesOptions extends Omit<ClientOptions, 'host'> {
  /** A registry that is needed later, such as the target: it is pinged early. */
  readonly warmUpHost?: string | undefined;
}

/** Each registry is created on first use. */
export function createRegistries(options: RegistriesOptions): Registries {
  const registries = new Map<string, Registry>();
  if (options.warmUpHost !== undefined) {
    const client = createClient({ ...options, host: canonicalRegistry(options.warmUpHost) });
    client.warmUp();
    registries.set(client.host, registryOf(client));
  }
  return {
    get(name) {
      const host = canonicalRegistry(name);
      const registry = registries.get(host) ?? registryOf(createClient({ ...options, host }));
      registries.set(host, registry);
      return registry;
    },
    close: () => options.http.close(),
  };
}

function registryOf(plain: RegistryClient): Registry {
  const { client, budget } = watchPullBudget(plain);
  const uploads = createUploads(client);
  return {
    host: client.host,
    headManifest: (repository, key, access) => headManifest(client, repository, key, access),
    getManifest: cacheManifests((repository, key, access) => getManifest(client, repository, key, access)),
    putManifest: (repository, key, manifest) => putManifest(client, repository, key, manifest),
    hasBlob: (repository, blob) => hasBlob(client, repository, blob),
    reserveRead: () => client.reserveRead(),
    getBlob: (repository, blob, offset = 0, place) => getBlob(client, repository, blob, offset, place),
    putBlob: uploads.put,
    supportsMount: uploads.mounts,
    pullBudget: budget,
    listTags: (repository, extent) => listTags(client, repository, extent),
    listReferrers: (repository, digest, access) => listReferrers(client, repository, digest, access),
    listRepositories: () => listRepositories(client),
  };
}

import * as v from 'valibot';
import type { RegistryClient } from './client.ts';
import { listAllPages } from './pagination.ts';

/** Registries of companies have some thousand repositories; beyond that no advice is worth the requests. */
const maximumPages = 5;

const pageShape = v.object({ repositories: v.nullish(v.array(v.string()), []) });

/**
 * The repositories of a registry, at most those of the first pages (distribution's `_catalog`; many registries allow it to few
 * or have none). Throws what the registry answers then.
 */
export async function listRepositories(client: RegistryClient): Promise<readonly string[]> {
  const request = {
    target: '/v2/_catalog',
    scope: 'registry:catalog:*',
    repository: '',
    operation: `list the repositories of ${client.host}`,
  };
  return await listAllPages(client, request, { maximumPages }, pageShape, ({ repositories }) => repositories ?? []);
}

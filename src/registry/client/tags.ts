import * as v from 'valibot';
import type { RegistryClient } from './client.ts';
import { type Extent, listAllPages } from './pagination.ts';

/** Build repositories with more than this exist; no suggestion is read from them. */
const maximumPages = 5;

/** Registries write null for a repository whose tags were all deleted. */
const pageShape = v.object({ tags: v.nullish(v.array(v.string()), []) });

/** The tags of a repository as the registry orders them. Throws `not-found` without it, and what `listPages` throws. */
export async function listTags(
  client: RegistryClient,
  repository: string,
  extent: Extent = 'first-pages',
): Promise<readonly string[]> {
  const request = {
    target: `/v2/${repository}/tags/list`,
    repository,
    operation: `list the tags of ${client.host}/${repository}`,
  };
  return await listAllPages(client, request, { maximumPages, extent }, pageShape, ({ tags }) => tags ?? []);
}

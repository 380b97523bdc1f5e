import type { RegistryReader } from '../../registry/client/registry.ts';
import { orUndefined } from '../../resolve/lookup-manifest.ts';
import type { AttachmentFailure } from '../plan/plan.ts';
import { formatRepository, type RepositoryHandle } from './copy-endpoints.ts';

/** Page sizes of registries are multiples of it. */
const commonPageSize = 50;

/** Finds tags whose names derive from a digest. Lists the tags of each repository once. */
export interface TagFinder {
  /**
   * The existing ones of these tags: by the tag list if it is complete, otherwise by one HEAD each. Adds those that
   * could not be checked to `failures`. Throws only `cancelled`.
   */
  existing(
    side: RepositoryHandle<RegistryReader>,
    tags: readonly string[],
    failures: AttachmentFailure[],
  ): Promise<readonly string[]>;
}

export function createTagFinder(): TagFinder {
  const lists = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  const listOf = (side: RepositoryHandle<RegistryReader>) => {
    const key = formatRepository(side);
    const list = lists.get(key) ?? completeList(side);
    lists.set(key, list);
    return list;
  };
  return {
    async existing(side, tags, failures) {
      const known = await listOf(side);
      if (known !== undefined) return tags.filter((tag) => known.has(tag));
      const { registry, repository } = side;
      const heads = await Promise.all(
        tags.map(async (tag) => [tag, await registry.headManifest(repository, tag)] as const),
      );
      const found: string[] = [];
      for (const [tag, head] of heads) {
        if (head.result === 'found') found.push(tag);
        // An unchecked signature must not be skipped silently.
        else if (head.result === 'unknown') failures.push({ name: tag, error: head.error });
      }
      return found;
    },
  };
}

/**
 * Undefined if the credentials cannot list tags, or if the list may be incomplete: some registries cut it at the end of
 * a page without a link to the next one, or hide tags from some users.
 */
async function completeList({
  registry,
  repository,
}: RepositoryHandle<RegistryReader>): Promise<ReadonlySet<string> | undefined> {
  const tags = await orUndefined(registry.listTags(repository, 'all'));
  return tags === undefined || tags.length % commonPageSize === 0 ? undefined : new Set(tags);
}

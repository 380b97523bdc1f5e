import { trimEndOf } from '../../core/text.ts';
import { classifyReference, isRegistryPrefix } from './reference-form.ts';
import type { ReferencePieces } from './split-reference.ts';

/**
 * A name without a registry, and with a tag of its own, takes the registry of the longest name that its own begins
 * with: `OP_REGISTRY` goes with `OP_AGENT_IMAGE_NAME`, unless it belongs to `OP_IMAGE`.
 */
export function withRegistry(
  stem: string,
  parts: ReferencePieces,
  groups: ReadonlyMap<string, ReferencePieces>,
): ReferencePieces {
  const named = parts.image ?? parts.repository;
  if (groups.size === 1 || named === undefined || parts.registry || parts.host) return parts;
  // Code has a repository and a version too.
  const isTagged = (parts.tag ?? parts.digest ?? (parts.image && parts.version)) !== undefined;
  const form = isTagged ? classifyReference(named.text) : undefined;
  if (form !== 'name-bare' && form !== 'path-bare') return parts;
  const words = stem.split(' ');
  for (let length = words.length - 1; length >= 0; length -= 1) {
    const { registry, organization, image, repository } = groups.get(words.slice(0, length).join(' ')) ?? {};
    if (!registry || image || repository || !isRegistryPrefix(registry.text)) continue;
    // A registry with a namespace, and a name with another, are not parts of one reference.
    if (form === 'path-bare' && trimEndOf(registry.text, '/').includes('/')) return parts;
    return { ...(organization && { organization }), ...parts, registry };
  }
  return parts;
}

import { isCodeSource } from '../classify/code-source.ts';
import type { RuleMatch } from '../classify/match.ts';
import type { NamedValue } from '../classify/named-value.ts';
import { classifyReference, isRegistryPrefix } from '../classify/reference-form.ts';
import { assembleReference, partsByStem, type ReferencePieces } from '../classify/split-reference.ts';

/**
 * References that are split over variables or flags of one list. The stem of a version can be shorter than that of its
 * image: `MAIN_DATABASE_IMAGE` and `DATABASE_VERSION`.
 */
export function joinVariables(variables: readonly NamedValue[]): readonly RuleMatch[] {
  const groups = partsByStem(variables);
  const found: RuleMatch[] = [];
  for (const [stem, parts] of groups) {
    if (isCodeSource(stem, parts)) continue;
    const complete = withRegistry(stem, withVersion(stem, parts, groups), groups);
    const assembled = assembleReference(complete, 'variables');
    if (assembled) found.push(assembled);
  }
  return found;
}

function withVersion(
  stem: string,
  parts: ReferencePieces,
  groups: ReadonlyMap<string, ReferencePieces>,
): ReferencePieces {
  if (parts.tag || parts.version || parts.digest || (!parts.image && !parts.repository)) return parts;
  const words = stem.split(' ');
  for (let start = 1; start < words.length; start += 1) {
    const other = groups.get(words.slice(start).join(' '));
    if (!other || other.image || other.repository) continue;
    const { tag, version, digest } = other;
    if (tag || version || digest)
      return { ...parts, ...(tag && { tag }), ...(version && { version }), ...(digest && { digest }) };
  }
  return parts;
}

/**
 * A name without a registry, and with a tag of its own, takes the registry of the longest name that its own begins
 * with: `OP_REGISTRY` goes with `OP_AGENT_IMAGE_NAME`, unless it belongs to `OP_IMAGE`.
 */
function withRegistry(
  stem: string,
  parts: ReferencePieces,
  groups: ReadonlyMap<string, ReferencePieces>,
): ReferencePieces {
  const named = parts.image ?? parts.repository;
  const isTagged = (parts.tag ?? parts.version ?? parts.digest) !== undefined;
  if (!named || !isTagged || parts.registry || classifyReference(named.text) !== 'name-bare') return parts;
  const words = stem.split(' ');
  for (let length = words.length - 1; length >= 0; length -= 1) {
    const { registry, organization, image, repository } = groups.get(words.slice(0, length).join(' ')) ?? {};
    if (!registry || image || repository || !isRegistryPrefix(registry.text)) continue;
    return { ...(organization && { organization }), ...parts, registry };
  }
  return parts;
}

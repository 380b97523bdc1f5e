import { isCodeSource } from '../classify/code-source.ts';
import { withRegistry } from '../classify/inherited-registry.ts';
import type { RuleMatch } from '../classify/match.ts';
import type { NamedValue } from '../classify/named-value.ts';
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

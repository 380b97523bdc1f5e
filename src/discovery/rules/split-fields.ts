import { isCodeSource } from '../classify/code-source.ts';
import { classifyFieldName } from '../classify/field-name.ts';
import { withRegistry } from '../classify/inherited-registry.ts';
import { positionOf, type RuleMatch } from '../classify/match.ts';
import { scalarFields } from '../classify/named-value.ts';
import { type ReferencePartName, splitPartName } from '../classify/split-name.ts';
import {
  assembleReference,
  isPinned,
  partsByStem,
  type ReferencePieces,
  type SplitContext,
} from '../classify/split-reference.ts';
import { splitWords } from '../classify/split-words.ts';
import { walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { MapNode } from '../yaml/yaml-tree.ts';

/** A reference in sibling fields, such as `image: {registry, repository, tag}`. */
export function findSplitFields(object: KubernetesObject): readonly RuleMatch[] {
  const found: RuleMatch[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      const groups = partsByStem(scalarFields(node, path));
      const hasPinned =
        groups.size > 1 && [...groups.values()].some((parts) => parts.repository !== undefined && isPinned(parts));
      for (const [stem, given] of groups) {
        const context = stem === '' ? contextOf(key, node) : 'map';
        if (isCodeSource(stem === '' ? key : stem, given)) continue;
        const parts = withRegistry(stem, hasPinned ? versionAsTag(given) : given, groups);
        const assembled = assembleReference(context === 'image-map' ? parts : withoutName(parts), context);
        if (assembled) found.push(assembled);
      }
      if (isWithoutPath(key, node))
        found.push({ type: 'unreadable', reason: noPath, position: positionOf(node, path) });
    },
  });
  return found;
}

const noPath = 'it has a registry and a tag, but no repository';

/** `containerImage: {registry, tag}`: a program knows the rest. `images` can have one registry for all below. */
function isWithoutPath(key: string, { entries }: MapNode): boolean {
  if (entries.get('registry')?.type !== 'text') return false;
  const tag = entries.get('tag') ?? entries.get('digest');
  if (tag?.type !== 'text' || tag.text.trim() === '') return false;
  if (splitWords(key).at(-1)?.endsWith('image') !== true || classifyFieldName(key) !== 'image') return false;
  return [...entries].every(([name, { type }]) => type === 'text' && !pathParts.has(splitPartName(name)?.part));
}

const pathParts: ReadonlySet<ReferencePartName | undefined> = new Set(['repository', 'image', 'name'] as const);

/** Next to an image that has its digest in the version, repository and version are an image too. */
function versionAsTag({ version, ...parts }: ReferencePieces): ReferencePieces {
  return version && parts.repository && !parts.tag
    ? { ...parts, tag: version }
    : { ...parts, ...(version && { version }) };
}

function contextOf(key: string, node: MapNode): SplitContext {
  return classifyFieldName(key) === 'image' && !isDisk(node) ? 'image-map' : 'map';
}

/** An image with a format or a size is a disk: `image: {name: ubuntu, version: "24.04", format: qcow2}`. */
function isDisk({ entries }: MapNode): boolean {
  return ['format', 'size', 'checksum'].some((key) => entries.get(key)?.type === 'text');
}

/** Only in a map called image is the name a path: providers and packages have a registry and a version too. */
function withoutName({ name: _, ...parts }: ReferencePieces): ReferencePieces {
  return parts;
}

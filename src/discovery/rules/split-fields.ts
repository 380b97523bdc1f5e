import { isCodeSource } from '../classify/code-source.ts';
import { classifyFieldName } from '../classify/field-name.ts';
import type { RuleMatch } from '../classify/match.ts';
import { scalarFields } from '../classify/named-value.ts';
import {
  assembleReference,
  partsByStem,
  type ReferencePieces,
  type SplitContext,
} from '../classify/split-reference.ts';
import { walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { MapNode } from '../yaml/yaml-tree.ts';

/** A reference in sibling fields, such as `image: {registry, repository, tag}`. */
export function findSplitFields(object: KubernetesObject): readonly RuleMatch[] {
  const found: RuleMatch[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      for (const [stem, parts] of partsByStem(scalarFields(node, path))) {
        const context = stem === '' ? contextOf(key, node) : 'map';
        if (isCodeSource(stem === '' ? key : stem, parts)) continue;
        const assembled = assembleReference(context === 'image-map' ? parts : withoutName(parts), context);
        if (assembled) found.push(assembled);
      }
    },
  });
  return found;
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

import type { KubernetesObject } from '../kubernetes-object.ts';
import { meaningOf } from '../name-meaning.ts';
import { fieldsOf } from '../named-text.ts';
import type { Sighting } from '../sighting.ts';
import { isSource } from '../source.ts';
import { joinParts, type Parts, partsByStem, type SplitContext } from '../split-reference.ts';
import type { MapNode } from '../tree.ts';
import { walk } from '../walk.ts';

/** Registry, repository, image, tag and digest in sibling fields: `image: {registry, repository, tag}` and its kin. */
export function findSplitFields(object: KubernetesObject): readonly Sighting[] {
  const found: Sighting[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      for (const [stem, parts] of partsByStem(fieldsOf(node, path))) {
        const context = stem === '' ? contextOf(key, node) : 'map';
        if (isSource(stem === '' ? key : stem, parts)) continue;
        const joined = joinParts(context === 'image-map' ? parts : withoutName(parts), context);
        if (joined) found.push(joined);
      }
    },
  });
  return found;
}

function contextOf(key: string, node: MapNode): SplitContext {
  return meaningOf(key) === 'image' && !isDisk(node) ? 'image-map' : 'map';
}

/** What has a format or a size is the image of a disk: `image: {name: ubuntu, version: "24.04", format: qcow2}`. */
function isDisk({ entries }: MapNode): boolean {
  return ['format', 'size', 'checksum'].some((key) => entries.get(key)?.type === 'text');
}

/** Providers and packages have a registry, a name and a version too; only in a map called image is the name a path. */
function withoutName({ name: _, ...parts }: Parts): Parts {
  return parts;
}

import type { KubernetesObject } from '../kubernetes-object.ts';
import { isImageValue } from '../likeness.ts';
import { below, type Path } from '../path.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { spotOf } from '../spot.ts';
import { childOf, type TreeNode } from '../tree.ts';
import { walk } from '../walk.ts';
import { wordsOf } from '../words.ts';

const containerWords: ReadonlySet<string> = new Set(
  'container containers sidecar sidecars step steps script'.split(' '),
);

/**
 * Containers inside kinds that the Kubernetes API does not define: a pod template embedded whole, or a list of
 * containers, steps or sidecars. There, `image` is an image whatever it holds, also without a tag.
 */
export function findInPodTemplate(object: KubernetesObject): readonly Sighting[] {
  const found: Sighting[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      if (containerWords.has(wordsOf(key).at(-1) ?? '')) found.push(...imageOf(node, path));
    },
    list({ node, key, path }) {
      if (key === 'volumes') found.push(...node.items.flatMap((item, index) => volumeImage(item, below(path, index))));
    },
  });
  return found;
}

function imageOf(container: TreeNode, path: Path): readonly Sighting[] {
  const image = childOf(container, 'image');
  if (image?.type !== 'text' || image.scalar !== 'string') return [];
  const text = image.text.trim();
  return isImageValue(text, 'image', 'container') ? [imageAt(text, spotOf(image, below(path, 'image')))] : [];
}

function volumeImage(volume: TreeNode, path: Path): readonly Sighting[] {
  const reference = childOf(childOf(volume, 'image'), 'reference');
  if (reference?.type !== 'text' || reference.scalar !== 'string') return [];
  const text = reference.text.trim();
  const at = below(below(path, 'image'), 'reference');
  return isImageValue(text, 'image', 'container') ? [imageAt(text, spotOf(reference, at))] : [];
}

import { isImageValue } from '../classify/image-value.ts';
import { imageMatch, positionOf, type RuleMatch } from '../classify/match.ts';
import { splitWords } from '../classify/split-words.ts';
import { walk } from '../classify/walk.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import { childOf, type TreeNode } from '../yaml/yaml-tree.ts';

const containerWords: ReadonlySet<string> = new Set(
  'container containers sidecar sidecars step steps script'.split(' '),
);

/**
 * Containers in kinds that are not part of the Kubernetes API: an embedded pod template, or a list of containers, steps
 * or sidecars. In these, `image` is always an image, also without a tag.
 */
export function findInPodTemplate(object: KubernetesObject): readonly RuleMatch[] {
  const found: RuleMatch[] = [];
  walk(object.node, object.path, {
    map({ node, key, path }) {
      if (containerWords.has(splitWords(key).at(-1) ?? '')) found.push(...imageOf(node, path));
    },
    list({ node, key, path }) {
      if (key === 'volumes')
        found.push(...node.items.flatMap((item, index) => volumeImage(item, childPath(path, index))));
    },
  });
  return found;
}

function imageOf(container: TreeNode, path: Path): readonly RuleMatch[] {
  const image = childOf(container, 'image');
  if (image?.type !== 'text' || image.scalar !== 'string') return [];
  const text = image.text.trim();
  return isImageValue(text, 'image', 'container')
    ? [imageMatch(text, positionOf(image, childPath(path, 'image')))]
    : [];
}

function volumeImage(volume: TreeNode, path: Path): readonly RuleMatch[] {
  const reference = childOf(childOf(volume, 'image'), 'reference');
  if (reference?.type !== 'text' || reference.scalar !== 'string') return [];
  const text = reference.text.trim();
  const at = childPath(childPath(path, 'image'), 'reference');
  return isImageValue(text, 'image', 'container') ? [imageMatch(text, positionOf(reference, at))] : [];
}

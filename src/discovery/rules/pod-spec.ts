import { parseReference } from '../../core/oci/reference.ts';
import { imageMatch, positionOf, type RuleMatch } from '../classify/match.ts';
import { isPlaceholder } from '../classify/placeholder.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { podSpecPath } from '../kubernetes/pod-spec-path.ts';
import { childPath, type Path } from '../yaml/yaml-path.ts';
import { childOf, type TreeNode } from '../yaml/yaml-tree.ts';

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** The image fields of the Kubernetes API: all kinds of containers, and image volumes. */
export function findInPodSpec(object: KubernetesObject): readonly RuleMatch[] {
  const keys = podSpecPath(object);
  if (keys === undefined) return [];
  let spec: TreeNode | undefined = object.node;
  let path = object.path;
  for (const key of keys) {
    spec = childOf(spec, key);
    path = childPath(path, key);
  }
  return imagesOfPodSpec(spec, path);
}

function imagesOfPodSpec(spec: TreeNode | undefined, path: Path): readonly RuleMatch[] {
  const containers = containerLists.flatMap((key) =>
    itemsOf(spec, key, path).map(([item, at]) => [childOf(item, 'image'), childPath(at, 'image')] as const),
  );
  const volumes = itemsOf(spec, 'volumes', path).map(([item, at]) => {
    return [childOf(childOf(item, 'image'), 'reference'), childPath(childPath(at, 'image'), 'reference')] as const;
  });
  const notLists = containerLists.flatMap((key) => listIssue(childOf(spec, key), childPath(path, key)));
  return [...notLists, ...[...containers, ...volumes].flatMap(([image, at]) => matchImage(image, at))];
}

function itemsOf(spec: TreeNode | undefined, key: string, path: Path): readonly (readonly [TreeNode, Path])[] {
  const list = childOf(spec, key);
  if (list?.type !== 'list') return [];
  return list.items.map((item, index) => [item, childPath(childPath(path, key), index)] as const);
}

function listIssue(node: TreeNode | undefined, path: Path): readonly RuleMatch[] {
  if (node === undefined || node.type === 'list' || (node.type === 'text' && node.scalar === 'empty')) return [];
  return [{ type: 'unreadable', reason: `it is a ${node.type}, not a list`, position: positionOf(node, path) }];
}

/** A missing image is valid, because an admission webhook can set it. */
function matchImage(node: TreeNode | undefined, path: Path): readonly RuleMatch[] {
  if (node === undefined) return [];
  const position = positionOf(node, path);
  const unreadable = (reason: string): readonly RuleMatch[] => [{ type: 'unreadable', reason, position }];
  if (node.type !== 'text') return unreadable(`it is a ${node.type}, not a string`);
  const text = node.text.trim();
  if (text === '' || node.scalar === 'empty') return unreadable('it is empty');
  if (isPlaceholder(text)) return [{ type: 'placeholder', text, position }];
  const parsed = parseReference(text);
  if (!parsed.ok) return unreadable(parsed.reason);
  return node.scalar === 'string' ? [imageMatch(text, position)] : unreadable(`${text} is not a string`);
}

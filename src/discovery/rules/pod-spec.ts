import { imageMatch, positionOf, type RuleMatch } from '../classify/match.ts';
import { isPlaceholder } from '../classify/placeholder.ts';
import { hasFormatError, refusalReason } from '../classify/refusal-reason.ts';
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
  const reason = `it is a ${node.type}, not a list`;
  return [{ type: 'unreadable', reason, position: positionOf(node, path), refused: true }];
}

/**
 * A missing image is valid, because an admission webhook can set it. A placeholder that is a valid reference (`auto`)
 * is not refused.
 */
function matchImage(node: TreeNode | undefined, path: Path): readonly RuleMatch[] {
  if (node === undefined) return [];
  const position = positionOf(node, path);
  const refused = (reason: string, written?: string): readonly RuleMatch[] => {
    return [{ type: 'unreadable', reason, position, refused: true, ...(written !== undefined && { written }) }];
  };
  if (node.type !== 'text') return refused(`it is a ${node.type}, not a string`);
  const text = node.text.trim();
  if (text === '' || node.scalar === 'empty') return refused('it is empty: does the chart need values?');
  const reason = refusalReason(text);
  if (isPlaceholder(text) && !hasFormatError(text)) {
    return [{ type: 'placeholder', text, position, ...(reason !== undefined && { refused: true }) }];
  }
  if (reason !== undefined) return refused(reason, text);
  if (node.scalar !== 'string') return refused(`${text} is not a string`);
  const blanks = text === node.text ? [] : refused('it has blanks or line breaks around it', node.text);
  return [imageMatch(text, position), ...blanks];
}

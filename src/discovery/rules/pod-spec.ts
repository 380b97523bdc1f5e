import { parseReference } from '../../image/reference.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { below, type Path } from '../path.ts';
import { isPlaceholder } from '../placeholder.ts';
import { imageAt, type Sighting } from '../sighting.ts';
import { spotOf } from '../spot.ts';
import { childOf, type TreeNode } from '../tree.ts';

/** Where the built-in kinds hold their pod spec (Kubernetes API reference, "Workload Resources"). */
const podSpecOf: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  PodTemplate: ['template', 'spec'],
};

/** Other groups have kinds of the same names (`Job` of a batch scheduler) with other shapes. */
const builtInGroups: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'extensions']);

const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** True for an object whose kind the Kubernetes API defines to hold a pod spec. */
export function holdsPodSpec(object: Pick<KubernetesObject, 'group' | 'kind'>): boolean {
  return builtInGroups.has(object.group) && Object.hasOwn(podSpecOf, object.kind);
}

/** The image fields that the Kubernetes API itself defines: containers of all sorts, and image volumes. */
export function findInPodSpec(object: KubernetesObject): readonly Sighting[] {
  if (!holdsPodSpec(object)) return [];
  let spec: TreeNode | undefined = object.node;
  let path = object.path;
  for (const key of podSpecOf[object.kind] ?? []) {
    spec = childOf(spec, key);
    path = below(path, key);
  }
  return imagesOfPodSpec(spec, path);
}

function imagesOfPodSpec(spec: TreeNode | undefined, path: Path): readonly Sighting[] {
  const containers = containerLists.flatMap((key) =>
    itemsOf(spec, key, path).map(([item, at]) => [childOf(item, 'image'), below(at, 'image')] as const),
  );
  const volumes = itemsOf(spec, 'volumes', path).map(([item, at]) => {
    return [childOf(childOf(item, 'image'), 'reference'), below(below(at, 'image'), 'reference')] as const;
  });
  const misshapen = containerLists.flatMap((key) => listFault(childOf(spec, key), below(path, key)));
  return [...misshapen, ...[...containers, ...volumes].flatMap(([image, at]) => sightImage(image, at))];
}

function itemsOf(spec: TreeNode | undefined, key: string, path: Path): readonly (readonly [TreeNode, Path])[] {
  const list = childOf(spec, key);
  if (list?.type !== 'list') return [];
  return list.items.map((item, index) => [item, below(below(path, key), index)] as const);
}

function listFault(node: TreeNode | undefined, path: Path): readonly Sighting[] {
  if (node === undefined || node.type === 'list' || (node.type === 'text' && node.scalar === 'empty')) return [];
  return [{ type: 'unreadable', reason: `it is a ${node.type}, not a list`, spot: spotOf(node, path) }];
}

/** An absent image is no fault: an admission webhook or a mutating controller may fill it in. */
function sightImage(node: TreeNode | undefined, path: Path): readonly Sighting[] {
  if (node === undefined) return [];
  const spot = spotOf(node, path);
  const unreadable = (reason: string): readonly Sighting[] => [{ type: 'unreadable', reason, spot }];
  if (node.type !== 'text') return unreadable(`it is a ${node.type}, not text`);
  const text = node.text.trim();
  if (text === '' || node.scalar === 'empty') return unreadable('it is empty');
  if (isPlaceholder(text)) return [{ type: 'placeholder', text, spot }];
  const parsed = parseReference(text);
  if (!parsed.ok) return unreadable(parsed.reason);
  return node.scalar === 'string' ? [imageAt(text, spot)] : unreadable(`${text} is not a string`);
}

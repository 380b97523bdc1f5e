import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { podSpecPath } from '../kubernetes/pod-spec-path.ts';
import { type TreeNode, textOf } from '../yaml/yaml-tree.ts';
import { isPolicyKind } from './field-name.ts';

/**
 * What rules may look for in an object: `workload` kinds have their images in a pod spec, `configuration` (ConfigMap,
 * Secret) carries texts, `custom` kinds may name images anywhere, a `document` is a carried text without a kind, and
 * `closed` kinds cannot name any.
 */
export type ObjectCategory = 'workload' | 'configuration' | 'custom' | 'document' | 'closed';

/** The groups of the Kubernetes API itself besides the core (API reference, 1.33). */
const builtInGroups: ReadonlySet<string> = new Set([
  'apps',
  'autoscaling',
  'batch',
  'extensions',
  'policy',
  ...[
    'admissionregistration',
    'apiextensions',
    'apiregistration',
    'authentication',
    'authorization',
    'certificates',
    'coordination',
    'discovery',
    'events',
    'flowcontrol.apiserver',
    'internal.apiserver',
    'networking',
    'node',
    'rbac.authorization',
    'resource',
    'scheduling',
    'storage',
    'storagemigration',
  ].map((group) => `${group}.k8s.io`),
]);

/** Kinds of the core group that hold neither pods nor texts. */
const closedCoreKinds: ReadonlySet<string> = new Set([
  'Binding',
  'Endpoints',
  'Event',
  'LimitRange',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ResourceQuota',
  'Service',
  'ServiceAccount',
]);

export function categorize(object: Pick<KubernetesObject, 'group' | 'kind'>): ObjectCategory {
  if (podSpecPath(object) !== undefined) return 'workload';
  if (object.kind === '' || object.kind === 'CustomResourceDefinition')
    return object.kind === '' ? 'document' : 'closed';
  if (object.group !== '') return builtInGroups.has(object.group) || isPolicyKind(object.kind) ? 'closed' : 'custom';
  if (object.kind === 'ConfigMap' || object.kind === 'Secret') return 'configuration';
  return closedCoreKinds.has(object.kind) ? 'closed' : 'document';
}

/** True for an object inside another, as manifests carry them, that cannot name an image. */
export function isClosedObject(node: TreeNode): boolean {
  const kind = textOf(node, 'kind');
  const apiVersion = textOf(node, 'apiVersion');
  if (kind === undefined || apiVersion === undefined) return false;
  const slash = apiVersion.indexOf('/');
  return categorize({ group: slash < 0 ? '' : apiVersion.slice(0, slash), kind }) === 'closed';
}

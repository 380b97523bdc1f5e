import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { podSpecPath } from '../kubernetes/pod-spec-path.ts';
import { type TreeNode, textOf } from '../yaml/yaml-tree.ts';
import { isPolicyKind } from './field-name.ts';

/**
 * `workload` kinds have their images in a pod spec, `configuration` (ConfigMap, Secret) contains texts, `custom` kinds
 * can name images anywhere, a `definition` of a custom kind has defaults, a `document` is an embedded text without a
 * kind, and kinds of `cannot-name-images` have none.
 */
export type ObjectCategory = 'workload' | 'configuration' | 'custom' | 'definition' | 'document' | 'cannot-name-images';

/** Groups of the Kubernetes API, except core (API reference, 1.33). */
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

/** Kinds of the core group without pods and texts. */
const imagelessCoreKinds: ReadonlySet<string> = new Set([
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
  if (object.kind === '') return 'document';
  if (object.kind === 'CustomResourceDefinition') return 'definition';
  if (object.group !== '')
    return builtInGroups.has(object.group) || isPolicyKind(object.kind) ? 'cannot-name-images' : 'custom';
  if (object.kind === 'ConfigMap' || object.kind === 'Secret') return 'configuration';
  return imagelessCoreKinds.has(object.kind) ? 'cannot-name-images' : 'document';
}

/** True for a category that has no images in a text or object inside another: definitions only have examples there. */
export function isImagelessInside(category: ObjectCategory): category is 'definition' | 'cannot-name-images' {
  return category === 'definition' || category === 'cannot-name-images';
}

/** True for an embedded object whose kind cannot name an image. */
export function cannotNameImages(node: TreeNode): boolean {
  const kind = textOf(node, 'kind');
  const apiVersion = textOf(node, 'apiVersion');
  if (kind === undefined || apiVersion === undefined) return false;
  const slash = apiVersion.indexOf('/');
  return isImagelessInside(categorize({ group: slash < 0 ? '' : apiVersion.slice(0, slash), kind }));
}

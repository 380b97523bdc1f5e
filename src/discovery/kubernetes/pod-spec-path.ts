import type { KubernetesObject } from './kubernetes-object.ts';

/** Where the built-in kinds have their pod spec (Kubernetes API reference, "Workload Resources"). */
const podSpecPaths: Readonly<Record<string, readonly string[]>> = {
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

/** The keys that lead to the pod spec; undefined for an object that the Kubernetes API defines without one. */
export function podSpecPath({ group, kind }: Pick<KubernetesObject, 'group' | 'kind'>): readonly string[] | undefined {
  return builtInGroups.has(group) && Object.hasOwn(podSpecPaths, kind) ? podSpecPaths[kind] : undefined;
}

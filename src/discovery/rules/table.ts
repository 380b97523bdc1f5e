import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Sighting } from '../sighting.ts';
import type { Confidence } from '../use.ts';
import { findInPodSpec } from './pod-spec.ts';

export interface Rule {
  readonly id: string;
  readonly confidence: Confidence;
  readonly find: (object: KubernetesObject) => readonly Sighting[];
}

export const rules: readonly Rule[] = [{ id: 'pod-spec', confidence: 'certain', find: findInPodSpec }];

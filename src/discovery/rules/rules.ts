import type { Confidence } from '../classify/confidence.ts';
import type { RuleMatch } from '../classify/match.ts';
import type { ObjectCategory } from '../classify/object-category.ts';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import { findInAnnotations } from './annotation.ts';
import { findArguments, findSplitArguments } from './arguments.ts';
import { findEmbeddedFields, findImageFields } from './image-fields.ts';
import { findInheritedFields } from './inherited-fields.ts';
import { findOtherCharts } from './other-charts.ts';
import { findInPodSpec } from './pod-spec.ts';
import { findInPodTemplate } from './pod-template.ts';
import { findSplitFields } from './split-fields.ts';
import { findSplitVariables, findVariables } from './variables.ts';

/** Categories that rules apply to; texts of a `configuration` are documents, and defaults are custom resources. */
export type RuleScope = Exclude<ObjectCategory, 'configuration' | 'definition' | 'cannot-name-images'>;

export interface Rule {
  readonly id: string;
  /** For objects of the chart; matches in embedded documents are at most `embedded`. */
  readonly confidence: Confidence;
  readonly on: readonly RuleScope[];
  readonly find: (object: KubernetesObject) => readonly RuleMatch[];
  /** What the rule must never report as an image. */
  readonly never: string;
}

/**
 * In order of priority: later rules skip the positions of earlier ones. No rule contacts a registry, or has a special
 * case for a chart, project or image.
 */
export const rules: readonly Rule[] = [
  {
    id: 'pod-spec',
    confidence: 'certain',
    on: ['workload'],
    find: findInPodSpec,
    never: 'anything outside the image fields of the Kubernetes API',
  },
  {
    id: 'pod-template',
    confidence: 'likely',
    on: ['custom', 'document'],
    find: findInPodTemplate,
    never: 'an image outside containers, steps, sidecars and image volumes',
  },
  {
    id: 'split-fields',
    confidence: 'likely',
    on: ['custom', 'document'],
    find: findSplitFields,
    never: 'name and version of a chart or program; a repository without tag or digest; a web address',
  },
  {
    id: 'inherited-fields',
    confidence: 'likely',
    on: ['custom', 'document'],
    find: findInheritedFields,
    never: 'an image with a registry, repository or tag of its own',
  },
  {
    id: 'split-variables',
    confidence: 'likely',
    on: ['workload', 'custom', 'document'],
    find: findSplitVariables,
    never: 'a version without an image of its name',
  },
  {
    id: 'variable',
    confidence: 'likely',
    on: ['workload', 'custom', 'document'],
    find: findVariables,
    never: 'host:port, URLs, label keys; names of pull policies, secrets, tags, registries and repositories',
  },
  {
    id: 'split-arguments',
    confidence: 'likely',
    on: ['workload', 'custom', 'document'],
    find: findSplitArguments,
    never: 'a version without an image of its name',
  },
  {
    id: 'argument',
    confidence: 'likely',
    on: ['workload', 'custom', 'document'],
    find: findArguments,
    never: 'host:port, URLs, label keys, comments of scripts',
  },
  {
    id: 'image-field',
    confidence: 'likely',
    on: ['custom'],
    find: findImageFields,
    never: 'labels, selectors, descriptions, queries; images that a policy allows or forbids',
  },
  {
    id: 'annotation',
    confidence: 'likely',
    on: ['workload', 'custom'],
    find: findInAnnotations,
    never: 'keys that do not mean an image, labels, names without a tag or a slash',
  },
  {
    id: 'other-chart',
    confidence: 'likely',
    on: ['custom'],
    find: findOtherCharts,
    never: 'an image: it reports charts that are not rendered',
  },
  {
    id: 'carried-field',
    confidence: 'embedded',
    on: ['document'],
    find: findEmbeddedFields,
    never: 'pictures, files, names without a tag; what an image-field must not be',
  },
];

/** For embedded texts that are not YAML or JSON, and for documents that cannot be parsed. */
export const textRule = {
  id: 'text-line',
  confidence: 'likely',
  never: 'comments, prose, URLs, host:port, plugins with versions',
} as const;

import { isPolicyField } from './field-name.ts';

/**
 * Keys below which no rule looks: names and labels of objects, selectors, schemas, prose, queries, and what
 * a policy judges. What stands there
 * may look like a reference (`app.kubernetes.io/name`, a recording rule `job:x:rate5m`, an example in a description).
 * Annotations have a rule of their own, which goes by their keys.
 */
const skippedKeys: ReadonlySet<string> = new Set([
  'metadata',
  'labels',
  'annotations',
  'matchLabels',
  'matchExpressions',
  'affinity',
  'tolerations',
  'topologySpreadConstraints',
  'openAPIV3Schema',
  'expr',
  'record',
  'status',
  'verifyImages',
]);

const closedEnding = /(?:selector|description|descriptions|example|examples)$/i;

export function isSkippedKey(key: string): boolean {
  return skippedKeys.has(key) || closedEnding.test(key) || isPolicyField(key);
}

import { isPolicyField } from './field-name.ts';

/**
 * Keys whose values can look like references but are not: labels, selectors, schemas, prose, queries, and policies
 * (`app.kubernetes.io/name`, a recording rule `job:x:rate5m`). Annotations have their own rule.
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

const skippedSuffix = /(?:selector|description|descriptions|example|examples)$/i;

export function isSkippedKey(key: string): boolean {
  return skippedKeys.has(key) || skippedSuffix.test(key) || isPolicyField(key);
}

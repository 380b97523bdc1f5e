/** Rules for first components as a run with an AOSM input file has them, without a chart to trace. */
import type { FirstComponent, PathRule } from '../../src/resolve/path-rule.ts';

export function aosmRule(first: FirstComponent): PathRule {
  return { placeholders: new Set(), traceFirst: async () => first };
}

/** `{{ .Values.global.registryPath }}/…`. */
export const ownValue = aosmRule({ role: 'placeholder', valuePath: 'global.registryPath' });
/** `{{ .Values.image.repository }}`. */
export const partOfValue = aosmRule({ role: 'namespace', valuePath: 'image.repository' });
export const templateText = aosmRule({ role: 'namespace', valuePath: undefined });
export const untraced = aosmRule({ role: 'unclear' });

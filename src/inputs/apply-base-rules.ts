import type { BaseRules } from './base-rules.ts';
import type { ChartList } from './chart-list.ts';
import { isConfigRule } from './rule-keys.ts';

/** The charts of the change with the rules of its base. */
export function underRules(own: ChartList, rules: BaseRules): ChartList {
  const rendering = Object.entries(own.inputs ?? {}).filter(([name]) => !isConfigRule(name));
  return {
    ...own,
    sources: rules.sources,
    policy: rules.policy,
    inputs: { ...Object.fromEntries(rendering), ...rules.inputs },
    artifactStore: rules.artifactStore ?? own.artifactStore,
  };
}

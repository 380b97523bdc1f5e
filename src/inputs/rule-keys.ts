/**
 * Which version of a key applies when a change is checked. `base`: a change must not weaken its own check. `both`: each
 * entry only adds a check. `change`: removed entries are reported. Other keys, and the lock file, are those of the
 * change: what they hide is in the diff.
 */
export type RuleOwner = 'base' | 'both' | 'change';

/** Of chart-images.yaml, in the order in which changes are reported. */
export const configRuleKeys = {
  'fail-on': 'base',
  ignore: 'base',
  'image-sources': 'base',
  // Decides which repository of a source an image is.
  'placeholder-registries': 'base',
  'floating-tags': 'base',
  require: 'base',
  paths: 'base',
  // Known findings no longer fail the run.
  'fail-on-new': 'base',
  platforms: 'base',
  // Without it, images behind toggles are not checked.
  'optional-images': 'base',
  'optional-budget': 'base',
  // An old release has known vulnerabilities and renders charts that newer ones reject.
  'helm-version': 'base',
  // Decides `conflict`, and where a push writes with the credentials of the run.
  target: 'base',
  'on-existing': 'base',
  // A mirror without signatures cannot be verified.
  attachments: 'base',
  'extra-images': 'both',
  charts: 'change',
} as const satisfies Readonly<Record<string, RuleOwner>>;

/**
 * Of cnf-input.jsonc. Each release of a network function changes `version` and `nf_name`, so they are those of the
 * change. The store decides where a push writes.
 */
export const cnfRuleKeys = {
  image_sources: 'base',
  publisher_name: 'base',
  publisher_resource_group_name: 'base',
  acr_artifact_store_name: 'base',
  helm_packages: 'change',
} as const satisfies Readonly<Record<string, RuleOwner>>;

export type ConfigRuleKey = keyof typeof configRuleKeys;
export type CnfRuleKey = keyof typeof cnfRuleKeys;

export function isConfigRule(key: string): key is ConfigRuleKey {
  return Object.hasOwn(configRuleKeys, key);
}

/**
 * What becomes of a key of the input files on a run for a change (a pull request, a merge queue, `base-ref`):
 *
 * - `base`: the base's value holds. The key decides what fails the run, what is looked for and where, or what a push does, so a
 *   change that could set it would be its own judge.
 * - `both`: the base's entries and those of the change hold, because each only adds something to check.
 * - `change`: the change's value holds, and entries that it takes out are reported. It says which charts there are, and a chart
 *   that the change adds has to be checked.
 *
 * A key that is not here is the change's own: `explain-aosm` only shows something, and `kube-version`, `api-versions`, `namespace`
 * and `release-name` are rendered with, as values are; what they hide is among the removed images. The lock file is the
 * change's own too: it is content that follows the charts, and each of its lines is in the diff.
 */
export type RuleOwner = 'base' | 'both' | 'change';

/** Of chart-images.yaml, in the order in which changes are reported. */
export const configRuleKeys = {
  'fail-on': 'base',
  ignore: 'base',
  'image-sources': 'base',
  require: 'base',
  paths: 'base',
  // Known findings no longer fail the run.
  'fail-on-new': 'base',
  platforms: 'base',
  // Images behind switches are not looked for without it.
  'optional-images': 'base',
  // An old release renders what a newer one refuses, and has its known holes.
  'helm-version': 'base',
  // Decides `conflict`, and where a push writes with the credentials of the run.
  target: 'base',
  'on-existing': 'base',
  // A push without the signatures makes a mirror that nobody can verify.
  attachments: 'base',
  'extra-images': 'both',
  charts: 'change',
} as const satisfies Readonly<Record<string, RuleOwner>>;

/**
 * Of cnf-input.jsonc. `version` and `nf_name` are the change's own, because each release of a network function changes them; the
 * store is where a push writes.
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

import type { ValueSet } from '../charts/chart.ts';

/** Since helm 3.16. Older versions reject the flag before they open the chart (3.14, observed). */
export const skipValidation = '--skip-schema-validation';

/** Options of `helm template`; undefined means the default of Helm. */
export interface RenderOptions {
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  readonly namespace: string | undefined;
  readonly releaseName: string | undefined;
  /** Default: an installation. */
  readonly isUpgrade?: boolean;
  /** Default: the values must match the schemas. */
  readonly skipSchemaValidation?: boolean;
}

/**
 * Includes hooks and tests, because they run images too, and the files in `crds/`, because custom resource definitions
 * have defaults, and Helm installs whatever else is there.
 */
export function templateArguments(
  chartPath: string,
  valueSet: ValueSet,
  options: RenderOptions,
  flags: readonly string[] = [],
): readonly string[] {
  return [
    'template',
    '--include-crds',
    ...flags,
    ...valueSet.valueFiles.flatMap((file) => ['--values', escapeCsv(file)]),
    ...valueSet.set.flatMap((assignment) => ['--set', assignment]),
    ...optional('--kube-version', options.kubeVersion),
    ...options.apiVersions.flatMap((version) => ['--api-versions', escapeCsv(version)]),
    ...optional('--namespace', options.namespace),
    ...(options.isUpgrade ? ['--is-upgrade'] : []),
    ...(options.skipSchemaValidation ? [skipValidation] : []),
    // Ends the flags.
    '--',
    ...(options.releaseName === undefined ? [] : [options.releaseName]),
    chartPath,
  ];
}

function optional(flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [flag, value];
}

/** Helm parses each of these flags as a line of CSV (observed: `-f a,b.yaml` means two files). */
function escapeCsv(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

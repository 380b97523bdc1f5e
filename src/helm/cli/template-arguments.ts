import type { ValueSet } from '../charts/chart.ts';

/** Passed to `helm template`; undefined means helm's own default. */
export interface RenderOptions {
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  readonly namespace: string | undefined;
  readonly releaseName: string | undefined;
}

/**
 * The arguments of `helm template`. Hooks and tests are part of what it prints, and they run images too. CRDs are left
 * out: they define types and name no image of their own, and some charts carry megabytes of them.
 */
export function templateArguments(
  chartPath: string,
  valueSet: ValueSet,
  options: RenderOptions,
  flags: readonly string[] = [],
): readonly string[] {
  return [
    'template',
    ...flags,
    ...valueSet.valueFiles.flatMap((file) => ['--values', escapeCsv(file)]),
    ...valueSet.set.flatMap((assignment) => ['--set', assignment]),
    ...optional('--kube-version', options.kubeVersion),
    ...options.apiVersions.flatMap((version) => ['--api-versions', escapeCsv(version)]),
    ...optional('--namespace', options.namespace),
    // From here on nothing is read as a flag.
    '--',
    ...(options.releaseName === undefined ? [] : [options.releaseName]),
    chartPath,
  ];
}

function optional(flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [flag, value];
}

/** Helm reads these flags as a line of CSV each (observed: `-f a,b.yaml` means two files). */
function escapeCsv(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

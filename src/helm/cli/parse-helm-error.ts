/** A position in a message of Helm. Lines and columns are 1-based. */
export type HelmErrorLocation =
  /** A template as Helm names it: `contoso/templates/a.yaml`, `parent/charts/sub/templates/b.yaml`. */
  | {
      readonly in: 'template';
      readonly template: string;
      readonly line: number | undefined;
      readonly column: number | undefined;
    }
  /** A values file, as passed to Helm. */
  | { readonly in: 'values-file'; readonly path: string; readonly line: number | undefined }
  /** A key of Chart.yaml. */
  | { readonly in: 'chart-yaml'; readonly key: string }
  /** The chart's own values.yaml. */
  | { readonly in: 'chart-values'; readonly line: number | undefined };

export interface HelmErrorInfo {
  /** Innermost template first; the others include it. */
  readonly locations: readonly HelmErrorLocation[];
  readonly advice: string;
}

/**
 * Finds the position and the advice for an error of `helm template` (3.14 to 4.2, observed). The last line of a Helm 3
 * chain `template: a.yaml:7:12: executing …`, or of the Helm 4 lines `a.yaml:7:12`, is the innermost one. The line in
 * `YAML parse error on a.yaml` counts in the rendered text, not in the template.
 */
export function parseHelmError(reason: string): HelmErrorInfo {
  const valuesFile = /^failed to parse (.+?): /.exec(reason)?.[1];
  if (valuesFile !== undefined)
    return issue(valuesAdvice, { in: 'values-file', path: valuesFile, line: yamlLine(reason) });
  if (/^cannot load values\.yaml: /.test(reason))
    return issue(valuesAdvice, { in: 'chart-values', line: yamlLine(reason) });
  if (reason.startsWith("values don't meet the specifications of the schema(s)")) {
    return issue(
      'Fix the values so that they match the values.schema.json of the chart. If they are meant as they are, set skip-schema-validation.',
    );
  }
  const key = /^validation: chart\.metadata\.(\w+) /.exec(reason)?.[1];
  if (key !== undefined) return issue(`Fix ${key} in Chart.yaml.`, { in: 'chart-yaml', key });
  if (reason.startsWith('chart requires kubeVersion')) {
    return issue('Set kube-version to a Kubernetes version that the chart supports.');
  }
  if (/^(failed parsing --set|release name|invalid kube version)/.test(reason)) {
    return issue('Fix the input that helm rejects: set, release-name, or kube-version.');
  }
  const rendered = /YAML parse error on (.+?): /.exec(reason)?.[1];
  if (rendered !== undefined) {
    return issue(
      'Fix the template, which renders invalid YAML. The line is in the rendered text: run `helm template --debug`.',
      { in: 'template', template: rendered, line: undefined, column: undefined },
    );
  }
  return issue('Fix the template, or set the values that it requires.', ...templateLocations(reason));
}

const valuesAdvice = 'Fix the YAML of the values file.';

/** All three forms of a position. The chart controls the text, so the pattern must not backtrack. */
const templatePosition =
  /(?:error at \(|template: |^)(?<template>[^\s():](?=[^\n():]*\/)[^\n():]*):(?<line>\d+)(?::(?<column>\d+))?(?:\): |: executing|$)/gm;

function templateLocations(reason: string): readonly HelmErrorLocation[] {
  const locations = [...reason.matchAll(templatePosition)].map(({ groups }): HelmErrorLocation => {
    const { template = '', line, column } = groups ?? {};
    return { in: 'template', template, line: asNumber(line), column: asNumber(column) };
  });
  return locations.reverse();
}

function yamlLine(reason: string): number | undefined {
  return asNumber(/yaml: line (\d+): /.exec(reason)?.[1]);
}

function asNumber(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

function issue(advice: string, ...locations: readonly HelmErrorLocation[]): HelmErrorInfo {
  return { advice, locations };
}

/** A place that helm's error names. Lines and columns count from 1. */
export type HelmErrorLocation =
  /** As helm names templates: `contoso/templates/a.yaml`, `parent/charts/sub/templates/b.yaml`. */
  | {
      readonly in: 'template';
      readonly template: string;
      readonly line: number | undefined;
      readonly column: number | undefined;
    }
  /** A values file of the user's, as it was given to helm. */
  | { readonly in: 'values-file'; readonly path: string; readonly line: number | undefined }
  /** The chart's own values.yaml. */
  | { readonly in: 'chart-values'; readonly line: number | undefined };

export interface HelmErrorInfo {
  /** Best first: the innermost template is where it went wrong, those around it included it. */
  readonly places: readonly HelmErrorLocation[];
  readonly advice: string;
}

/**
 * Reads where `helm template` failed from its words (helm 3.14 to 4.2, observed):
 * - `execution error at (contoso/templates/a.yaml:1:3): …` (`fail`, `required`), `parse error at (contoso/templates/a.yaml:3): …`
 * - helm 3: `template: contoso/templates/a.yaml:7:12: executing "…" at <…>: …`, one after another from outside to inside
 * - helm 4: the same as lines `contoso/templates/a.yaml:7:12`
 * - `YAML parse error on contoso/templates/a.yaml: … yaml: line 4: …`: a line of the rendered text, not of the template
 * - `failed to parse /path/values.yaml: … yaml: line 2: …`, `cannot load values.yaml: … yaml: line 2: …`
 * - `values don't meet the specifications of the schema(s) …`, `chart requires kubeVersion: …`
 */
export function parseHelmError(reason: string): HelmErrorInfo {
  const valuesFile = /^failed to parse (.+?): /.exec(reason)?.[1];
  if (valuesFile !== undefined)
    return issue(valuesAdvice, { in: 'values-file', path: valuesFile, line: yamlLine(reason) });
  if (/^cannot load values\.yaml: /.test(reason))
    return issue(valuesAdvice, { in: 'chart-values', line: yamlLine(reason) });
  if (reason.startsWith("values don't meet the specifications of the schema(s)")) {
    return issue('Fix the values so that they fit the values.schema.json of the chart.');
  }
  if (reason.startsWith('chart requires kubeVersion')) {
    return issue('Set kube-version to a Kubernetes version that the chart supports.');
  }
  if (/^(failed parsing --set|release name|invalid kube version)/.test(reason)) {
    return issue('Fix the input that helm complains of: set, release-name or kube-version.');
  }
  const rendered = /YAML parse error on (.+?): /.exec(reason)?.[1];
  if (rendered !== undefined) {
    return issue(
      'The template renders to text that is not YAML; the line counts in the rendered text: see it with `helm template --debug`.',
      { in: 'template', template: rendered, line: undefined, column: undefined },
    );
  }
  return issue('Fix the template, or give the values that it needs.', ...templateLocations(reason));
}

const valuesAdvice = 'Fix the YAML of the values file.';

/** Three forms of one thing; the last in the text is the innermost. A chart writes the text, so no part is tried at every length. */
const templatePlace =
  /(?:error at \(|template: |^)(?<template>[^\s():](?=[^\n():]*\/)[^\n():]*):(?<line>\d+)(?::(?<column>\d+))?(?:\): |: executing|$)/gm;

function templateLocations(reason: string): readonly HelmErrorLocation[] {
  const places = [...reason.matchAll(templatePlace)].map(({ groups }): HelmErrorLocation => {
    const { template = '', line, column } = groups ?? {};
    return { in: 'template', template, line: asNumber(line), column: asNumber(column) };
  });
  return places.reverse();
}

function yamlLine(reason: string): number | undefined {
  return asNumber(/yaml: line (\d+): /.exec(reason)?.[1]);
}

function asNumber(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

function issue(advice: string, ...places: readonly HelmErrorLocation[]): HelmErrorInfo {
  return { advice, places };
}

import { describe, expect, it } from 'vitest';
import { parseHelmError } from '../../../src/helm/cli/parse-helm-error.ts';

const template = (name: string, line?: number, column?: number) => ({ in: 'template', template: name, line, column });

/** All texts are helm's own, seen with 3.21.4 and 4.2.4. */
describe('where helm says that it failed', () => {
  it.each([
    ['execution error at (contoso/templates/a.yaml:1:6): need x.y', [template('contoso/templates/a.yaml', 1, 6)]],
    ['parse error at (contoso/templates/a.yaml:2): unclosed action', [template('contoso/templates/a.yaml', 2)]],
    [
      'template: contoso/templates/a.yaml:2:6: executing "contoso/templates/a.yaml" at <include "x" .>: error calling include: template: contoso/templates/_h.tpl:2:13: executing "x" at <.Values.q.r.s>: nil pointer evaluating interface {}.r',
      [template('contoso/templates/_h.tpl', 2, 13), template('contoso/templates/a.yaml', 2, 6)],
    ],
    [
      'contoso/templates/a.yaml:2:6\n  executing "contoso/templates/a.yaml" at <include "x" .>:\n    error calling include:\ncontoso/templates/_h.tpl:2:13\n  executing "x" at <.Values.q.r.s>:\n    nil pointer evaluating interface {}.r',
      [template('contoso/templates/_h.tpl', 2, 13), template('contoso/templates/a.yaml', 2, 6)],
    ],
    [
      'YAML parse error on par/charts/sub/templates/a.yaml: error converting YAML to JSON: yaml: line 4: mapping values are not allowed in this context',
      [template('par/charts/sub/templates/a.yaml')],
    ],
    [
      'failed to parse /w/values.yaml: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context',
      [{ in: 'values-file', path: '/w/values.yaml', line: 2 }],
    ],
    [
      'failed to parse C:\\w\\values.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 2: did not find',
      [{ in: 'values-file', path: 'C:\\w\\values.yaml', line: 2 }],
    ],
    [
      'cannot load values.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: line 1: did not find expected node content',
      [{ in: 'chart-values', line: 1 }],
    ],
    ['validation: chart.metadata.version "nope" is invalid', [{ in: 'chart-yaml', key: 'version' }]],
    ['chart requires kubeVersion: >=1.99.0 which is incompatible with Kubernetes v1.36.0', []],
    ['library charts are not installable', []],
  ])('%s', (reason, places) => {
    expect(parseHelmError(reason).locations).toEqual(places);
  });

  it.each([
    ['chart requires kubeVersion: >=1.99.0 which is incompatible with Kubernetes v1.36.0', 'kube-version'],
    [
      "values don't meet the specifications of the schema(s) in the following chart(s):\ncontoso:\n- at '/a': got number",
      'values.schema.json',
    ],
    ['release name "Bad_Name": invalid release name, must match regex', 'release-name'],
    ['validation: chart.metadata.version "nope" is invalid', 'Chart.yaml'],
  ])('%s has its own advice', (reason, word) => {
    expect(parseHelmError(reason).advice).toContain(word);
  });

  it('a chart that fails with a line of slashes without end does not hold up the run', () => {
    expect(parseHelmError('a/'.repeat(500_000)).locations).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { discovered, imagesOf } from '../rendered.ts';

const resource = (apiVersion: string, kind: string, spec: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: w}\nspec: ${spec}`;
/** The charts that the notices name. */
function charts(body: string): readonly string[] {
  const { findings } = discovered(body);
  expect(findings.every(({ code, severity }) => code === 'other-chart' && severity === 'notice')).toBe(true);
  return findings.map(({ message }) => /deploys (.*), which is not rendered\.$/.exec(message)?.[1] ?? message);
}

describe('a custom resource that deploys another chart', () => {
  it.each([
    [
      resource(
        'helm.toolkit.fluxcd.io/v2',
        'HelmRelease',
        '{chart: {spec: {chart: web, version: 6.x, sourceRef: {kind: HelmRepository, name: r}}}}',
      ),
      'the chart web 6.x of HelmRepository r',
    ],
    [
      resource('helm.toolkit.fluxcd.io/v2', 'HelmRelease', '{chartRef: {kind: OCIRepository, name: web}}'),
      'the chart of OCIRepository web',
    ],
    [
      resource(
        'helm.fluxcd.io/v1',
        'HelmRelease',
        '{chart: {repository: "https://charts.example.com", name: web, version: 1.2.3}}',
      ),
      'the chart web 1.2.3 of https://charts.example.com',
    ],
    [
      resource(
        'source.toolkit.fluxcd.io/v1',
        'HelmChart',
        '{chart: web, version: "*", sourceRef: {kind: GitRepository, name: g}}',
      ),
      'the chart web * of GitRepository g',
    ],
    [
      resource(
        'source.toolkit.fluxcd.io/v1',
        'OCIRepository',
        '{url: "oci://r.example.com/charts/web", ref: {tag: 1.2.3}}',
      ),
      'the chart oci://r.example.com/charts/web 1.2.3',
    ],
    [
      resource('helm.cattle.io/v1', 'HelmChart', '{chart: web, repo: "https://charts.example.com"}'),
      'the chart web of https://charts.example.com',
    ],
    [
      resource('helm.cattle.io/v1', 'HelmChart', '{chart: "https://charts.example.com/web-1.tgz"}'),
      'the chart https://charts.example.com/web-1.tgz',
    ],
    [
      resource(
        'argoproj.io/v1alpha1',
        'Application',
        '{source: {repoURL: "https://charts.example.com", chart: web, targetRevision: 1.2.3}}',
      ),
      'the chart web 1.2.3 of https://charts.example.com',
    ],
    [
      resource(
        'argoproj.io/v1alpha1',
        'Application',
        '{source: {repoURL: "https://git.example.com/a.git", path: charts/web}}',
      ),
      'the chart charts/web of https://git.example.com/a.git',
    ],
    [
      resource(
        'argoproj.io/v1alpha1',
        'ApplicationSet',
        '{template: {spec: {sources: [{repoURL: "https://charts.example.com", chart: web}, {repoURL: "https://git.example.com/a.git", ref: values}]}}}',
      ),
      'the chart web of https://charts.example.com',
    ],
  ])('has a notice that names the chart: %s', (body, chart) => {
    expect(charts(body)).toEqual([chart]);
    expect(charts(`apiVersion: v1\nkind: List\nitems:\n- ${body.replaceAll('\n', '\n  ')}`)).toEqual([chart]);
  });

  it('has a notice for each of its charts, at the field of the chart', () => {
    const two =
      '{sources: [{repoURL: "https://c.example.com", chart: a}, {repoURL: "https://c.example.com", chart: b}]}';
    const { findings } = discovered(resource('argoproj.io/v1alpha1', 'Application', two));
    expect(findings.map(({ object }) => object)).toMatchObject([
      { kind: 'Application', name: 'w', path: 'spec.sources[0]' },
      { kind: 'Application', name: 'w', path: 'spec.sources[1]' },
    ]);
    expect(findings[0]).toMatchObject({ renderedAt: { template: 'shop/templates/a.yaml', line: 6 } });
  });

  it('still names its own images', () => {
    const spec =
      '{chart: web, repo: "https://charts.example.com", jobImage: r.example/job:1, set: {image: team/app:1}}';
    const body = resource('helm.cattle.io/v1', 'HelmChart', spec);
    expect(imagesOf(discovered(body))).toEqual(['likely r.example/job:1', 'likely team/app:1']);
    expect(charts(body)).toEqual(['the chart web of https://charts.example.com']);
  });

  it('is not seen where a label, a version or a chart of another kind is all there is', () => {
    for (const body of [
      resource('example.com/v1', 'Widget', '{image: team/app:1, version: "1.0"}'),
      resource('example.com/v1', 'Widget', '{chart: bars, image: team/app:1}'),
      'kind: ConfigMap\nmetadata: {labels: {chart: web-1.0, version: "1"}}\ndata: {chart: web, repo: r, image: "a/b:1"}',
      resource('argoproj.io/v1alpha1', 'AppProject', '{sourceRepos: ["https://charts.example.com"]}'),
      resource('source.toolkit.fluxcd.io/v1', 'HelmRepository', '{url: "https://charts.example.com"}'),
    ])
      expect([body, charts(body)]).toEqual([body, []]);
  });
});

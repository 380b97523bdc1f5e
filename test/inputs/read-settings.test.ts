import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultFailOn, failOnCodes } from '../../src/core/findings.ts';
import { noPolicy } from '../../src/discovery/policy/policy.ts';
import { inputs } from '../../src/inputs/input-table.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { folderWith } from './files.ts';
import { chart, fault, read } from './settings-fixtures.ts';

const cnf = `{ "image_sources": ["docker.io"], "helm_packages": [{ "name": "nf", "path_to_chart": "charts/contoso" }] }`;

describe('settings', () => {
  test('have the defaults of the contract', async () => {
    const workFolder = await folderWith(chart);
    expect(await readSettings({ charts: 'charts/contoso' }, { workFolder })).toEqual({
      charts: [
        {
          location: 'charts/contoso',
          baseFolders: [workFolder],
          valueSets: [{ name: 'default', valueFiles: [], set: [] }],
          declaredAt: undefined,
        },
      ],
      sources: [{ kind: 'upstream', text: 'upstream' }],
      policy: noPolicy,
      resolve: true,
      target: undefined,
      artifactStore: undefined,
      missingManifest: 'create',
      publishCharts: false,
      copyMode: 'auto',
      foreignLayers: 'left out',
      push: false,
      keepGoing: true,
      shard: undefined,
      registriesAre: 'used as written',
      placeholderRegistries: new Set(),
      failOn: new Map(defaultFailOn.map((code) => [code, 'errors'])),
      failOnNew: false,
      baseRef: undefined,
      onExisting: 'fail',
      optionalImages: false,
      optionalBudget: 24,
      valuesOverlay: undefined,
      attachments: 'all',
      platforms: [],
      lock: undefined,
      azure: { subscription: undefined, clientId: undefined, tenantId: undefined },
      helm: { version: 'installed', mirror: undefined },
      helmTemplate: {
        kubeVersion: undefined,
        apiVersions: [],
        namespace: undefined,
        releaseName: undefined,
        isUpgrade: false,
        skipSchemaValidation: false,
      },
      credentials: [],
      registryConnections: [],
      plainHttp: [],
      caFile: undefined,
      concurrency: 16,
      explainAosm: false,
      reportFolder: undefined,
      warnings: [],
    });
  });

  test('are the same when a host gives every default itself', async () => {
    const defaults = Object.fromEntries(inputs.map((input) => [input.name, input.default]));
    const workFolder = await folderWith(chart);
    const said = await readSettings({ ...defaults, charts: 'charts/contoso' }, { workFolder });
    expect(said).toEqual(await readSettings({ charts: 'charts/contoso' }, { workFolder }));
  });

  test('are what the user says', async () => {
    const workFolder = await folderWith({ ...chart, 'ca.pem': '', 'a.yaml': '', 'b, c.yaml': '' });
    const settings = await readSettings(
      {
        charts: 'charts/contoso\n\n  oci://ghcr.io/contoso/chart:1.0.0  \n',
        values: 'a.yaml\r\nb, c.yaml',
        set: 'image.tag=1,2\nmode=a=b',
        'image-sources': 'myregistry.azurecr.io/test, upstream\nLOCALHOST:5000',
        target: 'https://Target.azurecr.io/mirror/',
        push: 'true',
        'fail-on': 'absent,no-tag',
        'on-existing': 'replace',
        platforms: 'linux/amd64, linux/arm/v7',
        'helm-version': '>=3.14 <5',
        'helm-mirror': 'https://mirror.example/helm/',
        'kube-version': 'v1.31.2',
        'api-versions': 'monitoring.coreos.com/v1\ncert-manager.io/v1/Issuer',
        namespace: 'contoso',
        'release-name': 'contoso-1.test',
        'registry-credentials': 'target.azurecr.io robot a b',
        'registry-connections': 'one,two',
        'plain-http': 'registry.internal:5000, http://other.internal/',
        'ca-file': 'ca.pem',
        concurrency: '256',
        report: 'out',
      },
      { workFolder },
    );
    expect(settings.charts.map(({ location }) => location)).toEqual([
      'charts/contoso',
      'oci://ghcr.io/contoso/chart:1.0.0',
    ]);
    expect(settings.charts[1]?.valueSets).toEqual([
      {
        name: 'default',
        valueFiles: [join(workFolder, 'a.yaml'), join(workFolder, 'b, c.yaml')],
        set: ['image.tag=1,2', 'mode=a=b'],
      },
    ]);
    expect(settings).toMatchObject({
      sources: [
        { registry: 'myregistry.azurecr.io', namespace: 'test' },
        { kind: 'upstream' },
        { registry: 'localhost:5000', namespace: '' },
      ],
      target: { registry: 'target.azurecr.io', namespace: 'mirror' },
      push: true,
      failOn: new Map([
        ['absent', 'all'],
        ['no-tag', 'all'],
      ]),
      onExisting: 'replace',
      platforms: ['linux/amd64', 'linux/arm/v7'],
      helm: { version: '>=3.14 <5', mirror: 'https://mirror.example/helm' },
      helmTemplate: {
        kubeVersion: 'v1.31.2',
        apiVersions: ['monitoring.coreos.com/v1', 'cert-manager.io/v1/Issuer'],
        namespace: 'contoso',
        releaseName: 'contoso-1.test',
      },
      credentials: [{ host: 'target.azurecr.io', username: 'robot', password: 'a b' }],
      registryConnections: ['one', 'two'],
      plainHttp: ['registry.internal:5000', 'other.internal'],
      caFile: join(workFolder, 'ca.pem'),
      concurrency: 256,
      reportFolder: join(workFolder, 'out'),
    });
  });

  test('fail on nothing with fail-on: none, and on every code that may be named', async () => {
    expect((await read({ 'fail-on': 'none' })).failOn).toEqual(new Map());
    const all = new Map(failOnCodes.map((code) => [code, 'all']));
    expect((await read({ 'fail-on': failOnCodes.join('\n') })).failOn).toEqual(all);
  });
});

describe('inputs that name charts', () => {
  test('cover both, input-file first, when input-file and charts are given', async () => {
    const { charts, sources } = await read(
      { 'input-file': 'cnf.jsonc', charts: 'other' },
      { ...chart, 'cnf.jsonc': cnf },
    );
    expect(charts.map(({ location }) => location)).toEqual(['charts/contoso', 'other']);
    expect(sources).toMatchObject([{ registry: 'docker.io' }]);
  });

  test('win over the configuration, and so do their sources', async () => {
    const files = {
      ...chart,
      'cnf.jsonc': cnf,
      'chart-images.yaml': 'charts: [{ chart: mine }]\nimage-sources: [ghcr.io/mine]\n',
    };
    const locations = async (raw: Readonly<Record<string, string>>) => {
      const { charts, sources, warnings: notes } = await read(raw, files);
      return [charts.map(({ location }) => location), sources.map(({ text }) => text), notes];
    };
    const passedOver = 'The charts of the configuration are not used because inputs specify others.';
    expect(await locations({ charts: '' })).toEqual([['mine'], ['ghcr.io/mine'], []]);
    expect(await locations({})).toEqual([['charts/contoso'], ['ghcr.io/mine'], [passedOver]]);
    expect(await locations({ charts: '', 'input-file': 'cnf.jsonc' })).toEqual([
      ['charts/contoso'],
      ['docker.io'],
      [passedOver],
    ]);
    expect(await locations({ charts: '', 'image-sources': 'quay.io' })).toEqual([['mine'], ['quay.io'], []]);
  });

  test('the input set overrides the values files of every chart', async () => {
    const files = { ...chart, 'cnf.jsonc': cnf, 'chart-images.yaml': 'charts: [{ chart: mine, set: { a: 1 } }]' };
    const inFile = await read({ charts: '', 'input-file': 'cnf.jsonc', set: 'a=2' }, files);
    expect(inFile.charts[0]?.valueSets[0]?.set).toEqual(['a=2']);
    const configured = await read({ charts: '', set: 'a=2' }, files);
    expect(configured.charts[0]?.valueSets[0]?.set).toEqual(['a=1', 'a=2']);
  });

  test('are missing: an example is shown', async () => {
    expect(await fault({ charts: ' \n' }, {})).toEqual({
      code: 'missing-input',
      message: 'No chart is specified.',
      advice:
        'Set charts (for example charts/*) or input-file (cnf-input.jsonc), or list charts in chart-images.yaml. Neither the working directory nor charts/* has a chart.',
    });
  });

  test('are not called missing when the file that names them is broken', async () => {
    expect(await fault({ charts: '', 'input-file': 'cnf.jsonc' }, { 'cnf.jsonc': '{' })).toMatchObject({
      code: 'syntax',
    });
    expect(await fault({ charts: '', config: 'missing.yaml' })).toMatchObject({ code: 'file-not-found' });
  });

  test('give value files to the charts of charts only', async () => {
    expect(
      await fault(
        { charts: '', 'input-file': 'cnf.jsonc', values: 'a.yaml' },
        { ...chart, 'cnf.jsonc': cnf, 'a.yaml': '' },
      ),
    ).toMatchObject({
      code: 'missing-input',
      message: 'Input "values" requires "charts".',
    });
  });
});

describe('a switch', () => {
  test.each(['true', 'True', 'TRUE'])('is on as %s', async (resolve) => {
    expect((await read({ charts: 'c', 'fail-on-new': resolve })).failOnNew).toBe(true);
  });

  test.each(['false', 'False', 'FALSE'])('is off as %s', async (resolve) => {
    expect((await read({ charts: 'c', resolve })).resolve).toBe(false);
  });
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultFailOn, failOnCodes } from '../../src/core/findings.ts';
import { noPolicy } from '../../src/discovery/policy/policy.ts';
import { inputs } from '../../src/inputs/input-table.ts';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { faultOf, faultsOf, placeOf } from './expect-error.ts';
import { folderWith } from './files.ts';

const chart = { 'charts/contoso/Chart.yaml': 'name: contoso\nversion: 1.0.0\n' };

const cnf = `{ "image_sources": ["docker.io"], "helm_packages": [{ "name": "nf", "path_to_chart": "charts/contoso" }] }`;

async function read(raw: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = chart) {
  return await readSettings({ charts: 'charts/contoso', ...raw }, { workFolder: await folderWith(files) });
}

async function fault(raw: Readonly<Record<string, string>>, files?: Readonly<Record<string, string>>) {
  const { code, message, advice } = await faultOf(() => read(raw, files));
  return { code, message, advice };
}

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
      helmTemplate: { kubeVersion: undefined, apiVersions: [], namespace: undefined, releaseName: undefined },
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

describe('an input that is wrong', () => {
  test('an unknown input name is reported with the most similar name', async () => {
    expect(await fault({ 'image-source': 'x' })).toMatchObject({
      code: 'unknown-input',
      message: 'Unknown input "image-source". Did you mean "image-sources"?',
    });
    expect((await fault({ inputFile: 'x' })).message).toContain('Did you mean "input-file"?');
    expect((await fault({ constructor: 'x' })).message).toBe('Unknown input "constructor".');
  });

  test('on another host than this is reported where it belongs', async () => {
    const workFolder = await folderWith(chart);
    const inputs = { charts: 'charts/contoso', 'registry-connections': 'x' };
    expect(await faultOf(() => readSettings(inputs, { workFolder, host: 'github' }))).toMatchObject({
      code: 'unknown-input',
      message: 'Input "registry-connections" is only available in Azure Pipelines.',
      advice: expect.not.stringContaining('registry-connections'),
    });
    expect((await readSettings(inputs, { workFolder, host: 'azure' })).registryConnections).toEqual(['x']);
  });

  test.each([
    ['push', 'yes', 'Input "push" is "yes": it takes only true and false.', 'Write push: true or push: false.'],
    ['resolve', 'tRue', 'Input "resolve" is "tRue": it takes only true and false.', 'Write resolve: true'],
    [
      'optional-images',
      '1',
      'Input "optional-images" is "1": it takes only true and false.',
      'Write optional-images: true',
    ],
    ['concurrency', '0', 'Input "concurrency" is "0": it takes a whole number from 1 to 256.', 'from 1 to 256'],
    ['concurrency', '257', 'Input "concurrency" is "257"', 'from 1 to 256'],
    ['concurrency', '1e2', 'Input "concurrency" is "1e2"', 'from 1 to 256'],
    ['on-existing', 'repalce', 'it takes fail, skip, replace.', 'Did you mean "replace"?'],
    ['on-existing', 'x', 'it takes fail, skip, replace.', 'Write one of fail, skip, replace.'],
    ['fail-on', 'absnt', 'Input "fail-on" is "absnt": it takes absent, unknown', 'Did you mean "absent"?'],
    ['fail-on', 'none, absent', '"none" cannot be combined with other values', 'Write none, or the findings'],
    ['platforms', 'amd64', 'Input "platforms" is "amd64": it is not a platform.', 'linux/amd64'],
    ['platforms', 'all, linux/amd64', 'Input "platforms" is "all": it is not a platform.', 'Write all, or a list'],
    ['image-sources', 'myregistry', 'does not start with a registry host', 'Write registry[/namespace]'],
    ['target', 'contoso', 'does not start with a registry host', 'myregistry.azurecr.io'],
    ['target', 'upstream', 'images can be copied from upstream, not to it', 'myregistry.azurecr.io'],
    [
      'helm-version',
      'instaled',
      'it takes installed, latest, a version or a semver range.',
      'Did you mean "installed"?',
    ],
    ['helm-version', 'three', 'it takes installed, latest, a version or a semver range.', 'For example, write 3.18.4'],
    ['helm-mirror', 'mirror.example', 'it is not an http or https address', 'https://mirror.example/helm'],
    ['helm-mirror', 'https://mirror.example/?sig=1', 'cannot contain "?" or "#"', 'https://mirror.example/helm'],
    ['kube-version', '--help', 'it is not a Kubernetes version', '1.31'],
    ['api-versions', '--help', 'it is not an API version', 'monitoring.coreos.com/v1'],
    ['namespace', 'Contoso', 'a namespace has at most 63', 'contoso-test'],
    ['release-name', 'x'.repeat(54), 'a release name has at most 53', 'contoso'],
    ['plain-http', 'a b', 'it is not a host name with an optional port', 'registry.internal:5000'],
  ])('in its value (%s: %s) is told what it takes', async (name, value, message, advice) => {
    const found = await fault({ [name]: value });
    expect(found.code).toBe('invalid-input');
    expect(found.message).toContain(message);
    expect(found.advice).toContain(advice);
  });

  test('each invalid entry of a list is reported', async () => {
    const faults = await faultsOf(() => read({ 'image-sources': 'a, docker.io, b', 'fail-on': 'x, absent, y' }));
    expect(faults).toHaveLength(4);
  });

  test.each(['values', 'ca-file', 'config', 'input-file'])(
    'in that %s names nothing is told the path',
    async (name) => {
      const found = await faultOf(() => read({ [name]: 'missing.file' }));
      expect(found.code).toBe('file-not-found');
      expect(found.message).toContain('missing.file');
      if (name === 'config' || name === 'input-file') expect(placeOf(found)).toBe('missing.file');
    },
  );

  test('target artifact-store without input-file reports the missing input', async () => {
    expect(await fault({ target: 'artifact-store', push: 'true' })).toMatchObject({
      code: 'missing-input',
      advice: expect.stringContaining('input-file'),
    });
  });

  test('charts are published to an artifact store only', async () => {
    expect(await fault({ target: 'a.azurecr.io', 'publish-charts': 'true' })).toMatchObject({ code: 'invalid-input' });
    expect(await fault({ 'copy-mode': 'improt' })).toMatchObject({ advice: 'Did you mean "import"?' });
  });

  test('an overlay leads to a target, so there has to be one', async () => {
    expect(await fault({ 'values-overlay': 'overlay.yaml' })).toMatchObject({
      code: 'missing-input',
      message: expect.stringContaining('"values-overlay"'),
    });
  });

  test('push needs a target, and something that was looked up', async () => {
    expect(await fault({ push: 'true' })).toMatchObject({
      code: 'missing-input',
      message: 'Input "push" requires "target".',
    });
    expect(await fault({ push: 'true', target: 'a.azurecr.io', resolve: 'false' })).toMatchObject({
      code: 'invalid-input',
    });
  });

  test('a lock file and an overlay need something that was looked up', async () => {
    const unresolved = { target: 'a.azurecr.io', resolve: 'false' };
    const frozen = { ...unresolved, 'lock-file': 'lock.json', frozen: 'true' };
    expect((await faultsOf(() => read({ charts: 'c', ...frozen }))).map(({ message }) => message)).toContain(
      'Input "frozen" is true and "resolve" is false: no digest would be checked.',
    );
    expect(await fault({ ...unresolved, 'values-overlay': 'overlay.yaml' })).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('"values-overlay" is set and "resolve" is false'),
    });
  });

  test('set needs key=value, and its line is not shown', async () => {
    const found = await fault({ set: 'a=1\npassword hunter2' });
    expect(found).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('Entry 2 of the input "set"'),
    });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  test('errors of an input are reported together with those of other inputs', async () => {
    const faults = await faultsOf(() =>
      read({
        chart: 'x',
        push: 'yes',
        concurrency: '0',
        'optional-images': 'maybe',
        'ca-file': 'missing',
        'input-file': 'missing',
      }),
    );
    expect(faults.map(({ code }) => code).toSorted()).toEqual([
      'file-not-found',
      'file-not-found',
      'invalid-input',
      'invalid-input',
      'invalid-input',
      'unknown-input',
    ]);
  });

  test('is never shown with the credentials that it may hold', async () => {
    const secret = 'https://user:hunter2@registry.example/path';
    for (const name of [
      'image-sources',
      'target',
      'plain-http',
      'helm-mirror',
      'on-existing',
      'kube-version',
      'namespace',
    ]) {
      expect(JSON.stringify(await fault({ [name]: secret })), name).not.toContain('hunter2');
    }
    expect(JSON.stringify(await fault({ target: 'user:hunter2@registry.example' }))).not.toContain('hunter2');
  });

  test('is never shown with control characters or at great length', async () => {
    const found = await fault({ target: 'a.azurecr.io\u001b[31m' });
    expect(found.message).toBe('Input "target" contains control characters or line breaks.');
    expect((await fault({ namespace: 'X'.repeat(10_000) })).message.length).toBeLessThan(300);
    expect((await fault({ target: 'X'.repeat(10_000) })).message.length).toBeLessThan(300);
    expect((await fault({ namespace: 'x\n::error::y' })).message).not.toContain('\n');
  });
});

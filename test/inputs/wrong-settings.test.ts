import { describe, expect, test } from 'vitest';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { faultOf, faultsOf, placeOf } from './expect-error.ts';
import { folderWith } from './files.ts';
import { chart, fault, read } from './settings-fixtures.ts';

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

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../../src/inputs/read-settings.ts';
import { root } from '../support/root.ts';
import { faultOf, placeOf } from './expect-error.ts';
import { folderWith } from './files.ts';
import { accepts } from './json-schema.ts';

const schema: unknown = JSON.parse(await readFile(join(root, 'src/inputs/chart-images.schema.json'), 'utf8'));

async function read(config: string, inputs: Readonly<Record<string, string>> = {}) {
  const workFolder = await folderWith({ 'chart-images.yaml': config });
  return await readSettings({ charts: 'charts/*', ...inputs }, { workFolder });
}

const whole = `target: myregistry.azurecr.io/mirror
fail-on: [absent, no-tag]
placeholder-registries: [repository, overwriteme]
fail-on-new: true
on-existing: skip
attachments: none
platforms: [linux/amd64, linux/arm64]
explain-aosm: true
helm-version: 4.x
kube-version: "1.30"
api-versions: [monitoring.coreos.com/v1]
namespace: contoso
release-name: web
is-upgrade: true
skip-schema-validation: true
`;

describe('inputs that chart-images.yaml gives', () => {
  test('count where the user gives none', async () => {
    expect(await read(whole)).toMatchObject({
      target: { registry: 'myregistry.azurecr.io', namespace: 'mirror' },
      failOn: new Map([
        ['absent', 'all'],
        ['no-tag', 'all'],
      ]),
      placeholderRegistries: new Set(['repository', 'overwriteme']),
      failOnNew: true,
      onExisting: 'skip',
      attachments: 'none',
      platforms: ['linux/amd64', 'linux/arm64'],
      explainAosm: true,
      helm: { version: '4.x' },
      helmTemplate: {
        kubeVersion: '1.30',
        apiVersions: ['monitoring.coreos.com/v1'],
        namespace: 'contoso',
        releaseName: 'web',
        isUpgrade: true,
        skipSchemaValidation: true,
      },
    });
    expect(accepts(schema, parse(whole))).toBe(true);
  });

  test('give way to what the user gives, the default too', async () => {
    const settings = await read(whole, {
      target: 'other.azurecr.io',
      'fail-on': 'absent, unknown, conflict',
      'explain-aosm': 'false',
      platforms: 'all',
    });
    expect(settings).toMatchObject({
      target: { registry: 'other.azurecr.io' },
      failOn: new Map([
        ['absent', 'all'],
        ['unknown', 'all'],
        ['conflict', 'all'],
      ]),
      explainAosm: false,
      platforms: [],
      onExisting: 'skip',
    });
  });

  test('can name the target of a push, and never ask for one', async () => {
    expect((await read('target: myregistry.azurecr.io', { push: 'true' })).push).toBe(true);
    expect((await faultOf(() => read('push: true'))).code).toBe('unknown-input');
    expect((await faultOf(() => read('registry-credentials: []'))).code).toBe('unknown-input');
  });

  test('may say none and all', async () => {
    const settings = await read('fail-on: none\nplatforms: all');
    expect(settings).toMatchObject({ failOn: new Map(), platforms: [] });
  });

  test.each([
    ['a finding that does not exist', 'fail-on: [absent, missing]', ':1:19', 'fail-on[1]'],
    ['a policy that does not exist', 'on-existing: keep', ':1:14', 'on-existing'],
    ['a text where true or false belongs', 'explain-aosm: "yes"', ':1:15', 'explain-aosm'],
    ['a version that lost its last digit', 'kube-version: 1.30', ':1:15', 'kube-version'],
  ])('are refused with %s, by the JSON Schema too', async (_, text, place, what) => {
    const fault = await faultOf(() => read(text));
    expect([fault.code, placeOf(fault)]).toEqual(['schema', `chart-images.yaml${place}`]);
    expect(fault.message).toContain(`${what} in chart-images.yaml is`);
    expect(accepts(schema, parse(text))).toBe(false);
  });

  test.each([
    ['a target that is none', 'namespace: contoso\ntarget: not a registry', ':2:9', 'Input "target"'],
    [
      'a placeholder that is a registry',
      'placeholder-registries: [quay.io]',
      ':1:25',
      'Input "placeholder-registries"',
    ],
    ['a platform that is none', 'platforms: [amd64]', ':1:12', 'Input "platforms"'],
    ['a namespace that is none', 'namespace: Contoso', ':1:12', 'Input "namespace"'],
  ])('are refused with %s, at its place', async (_, text, place, what) => {
    const fault = await faultOf(() => read(text));
    expect([fault.code, placeOf(fault)]).toEqual(['invalid-input', `chart-images.yaml${place}`]);
    expect(fault.message).toContain(what);
  });
});

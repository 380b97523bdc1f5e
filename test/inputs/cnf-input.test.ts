import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCnfInput } from '../../src/inputs/cnf-input.ts';
import { root } from '../support/root.ts';
import { faultOf, faultsOf, placeOf } from './expect-error.ts';
import { folderWith } from './files.ts';

const chart = { 'charts/contoso/Chart.yaml': 'name: contoso\nversion: 1.0.0\n' };

const good = `{
  "image_sources": ["myregistry.azurecr.io", "ghcr.io/contoso"],
  "helm_packages": [{ "name": "contoso", "path_to_chart": "charts/contoso" }]
}`;

async function read(text: string | Uint8Array, files: Readonly<Record<string, string>> = chart) {
  return await readCnfInput('cnf-input.jsonc', await folderWith({ ...files, 'cnf-input.jsonc': text }));
}

/** The one fault of a file: code, place and what is said. */
async function fault(text: string | Uint8Array, files?: Readonly<Record<string, string>>) {
  const found = await faultOf(() => read(text, files));
  return { code: found.code, location: placeOf(found), message: found.message, advice: found.advice };
}

/** Where a fragment begins in a text. */
function at(text: string, fragment: string): string {
  const before = text.slice(0, text.indexOf(fragment)).split('\n');
  return `cnf-input.jsonc:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

describe('a cnf-input file', () => {
  test('gives its charts and, in order, its sources', async () => {
    const folder = await folderWith({ ...chart, 'cnf-input.jsonc': good });
    const { charts, sources, warnings: notes } = await readCnfInput('cnf-input.jsonc', folder);
    expect(sources?.map(({ text }) => text)).toEqual(['myregistry.azurecr.io', 'ghcr.io/contoso']);
    expect(charts).toEqual([
      {
        location: 'charts/contoso',
        baseFolders: [folder],
        valueSets: [{ name: 'default', valueFiles: [], set: [] }],
        valuesIn: 'input-file',
        declaredAt: { file: 'cnf-input.jsonc', line: 3, column: 59 },
        within: { top: folder, realTop: folder },
      },
    ]);
    expect(notes).toEqual([]);
  });

  test('may have comments of both kinds, trailing commas and a byte-order mark', async () => {
    const { sources } = await read(
      `\uFEFF// from az aosm nfd generate-config\n${good.replace('contoso"],', 'contoso",], /* two */').replace('}]', '},]')}`,
    );
    expect(sources).toHaveLength(2);
  });

  test('may have every key that any generation of az aosm writes', async () => {
    const { charts } = await read(`{
      "location": "uksouth", "publisher_name": "p", "publisher_resource_group_name": "g", "acr_artifact_store_name": "s",
      "disable_public_network_access": false, "vnet_private_end_points": [], "network_fabric_controller_ids": ["/subscriptions/1"],
      "nf_name": "contoso", "version": "1.0.0", "expose_all_parameters": true, "image_sources": ["docker.io"],
      "helm_packages": [{ "name": "contoso", "path_to_chart": "charts/contoso", "default_values": "", "depends_on": [] }]
    }`);
    expect(charts).toHaveLength(1);
  });

  test('is the example that comes with the project', async () => {
    const { charts, sources, warnings: notes } = await readCnfInput('examples/contoso/cnf-input.jsonc', root);
    expect(sources?.map(({ text }) => text)).toEqual(['myregistry.azurecr.io', 'myregistry.azurecr.io/test']);
    expect(charts.map(({ location }) => location)).toEqual(['charts/contoso']);
    expect(notes).toEqual([
      'examples/contoso/cnf-input.jsonc: charts/contoso found next to the file, not in the working directory.',
    ]);
  });
});

describe('paths of a cnf-input file', () => {
  const nested = good.replace('"charts/contoso"', '"charts/contoso", "default_values": "values/a.yaml"');

  test('start at the working directory, as with az aosm', async () => {
    const folder = await folderWith({
      ...chart,
      'values/a.yaml': 'a: 1',
      'nf/charts/contoso/Chart.yaml': 'name: other',
      'nf/values/a.yaml': 'a: 2',
      'nf/cnf-input.jsonc': nested,
    });
    const { charts, warnings: notes } = await readCnfInput('nf/cnf-input.jsonc', folder);
    expect(charts[0]?.baseFolders).toEqual([folder]);
    expect(charts[0]?.valueSets[0]?.valueFiles).toEqual([join(folder, 'values', 'a.yaml')]);
    expect(notes).toEqual(['nf/cnf-input.jsonc: charts/contoso, values/a.yaml found in the working directory.']);
  });

  test('start at the file itself when nothing is in the working directory', async () => {
    const folder = await folderWith({
      ...chart,
      'nf/values/a.yaml': 'a: 2',
      'nf/cnf-input.jsonc': nested,
    });
    const { charts, warnings: notes } = await readCnfInput('nf/cnf-input.jsonc', folder);
    expect(charts[0]?.valueSets[0]?.valueFiles).toEqual([join(folder, 'nf', 'values', 'a.yaml')]);
    expect(notes).toEqual([
      'nf/cnf-input.jsonc: charts/contoso found in the working directory.',
      'nf/cnf-input.jsonc: values/a.yaml found next to the file, not in the working directory.',
    ]);
  });

  test('of value files that do not exist are errors of their chart, so that the other charts are checked', async () => {
    const { charts } = await read(nested);
    const errors = charts[0]?.errors ?? [];
    expect(errors.map((error) => [error.code, placeOf(error), error.message])).toEqual([
      ['file-not-found', at(nested, '"values/a.yaml"'), 'The values file "values/a.yaml" does not exist.'],
    ]);
  });

  test('of value files may have the older name path_to_mappings', async () => {
    const { charts } = await read(nested.replace('default_values', 'path_to_mappings'), {
      ...chart,
      'values/a.yaml': '',
    });
    expect(charts[0]?.valueSets[0]?.valueFiles).toHaveLength(1);
  });

  test('of value files may not differ between the two names', async () => {
    const both = nested.replace('"default_values"', '"path_to_mappings": "b.yaml", "default_values"');
    expect(await fault(both, { ...chart, 'values/a.yaml': '', 'b.yaml': '' })).toMatchObject({
      code: 'schema',
      message: 'Helm package "contoso" has two different values files.',
      location: at(both, '"b.yaml"'),
    });
  });
});

describe('an early cnf-input file', () => {
  const withImages = (images: string) => good.replace(/"image_sources".*\n/, `"images": ${images},\n`);

  test('names its registry in images', async () => {
    const { sources, warnings: notes } = await read(
      withImages('{ "source_registry": "SourceACR.azurecr.io", "source_registry_namespace": "samples/prod" }'),
    );
    expect(sources?.map(({ text }) => text)).toEqual(['sourceacr.azurecr.io/samples/prod']);
    expect(notes).toEqual([
      'cnf-input.jsonc uses a legacy format. The current format is "image_sources": ["sourceacr.azurecr.io/samples/prod"].',
    ]);
  });

  test('may leave the namespace empty', async () => {
    const { sources } = await read(
      withImages('{ "source_registry": "a.azurecr.io", "source_registry_namespace": "" }'),
    );
    expect(sources?.map(({ text }) => text)).toEqual(['a.azurecr.io']);
  });

  test('a registry resource id as a source is reported with the likely login server', async () => {
    const id = '/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/SourceAcr';
    const text = withImages(`{ "source_registry": "${id}" }`);
    const found = await fault(text);
    expect(found).toMatchObject({ code: 'schema', location: at(text, '"/subscriptions') });
    expect(found.message).toContain('such as sourceacr.azurecr.io');
    const older = good.replace(
      /"image_sources".*\n/,
      `"source_registry_id": "${id}", "source_registry_namespace": "",\n`,
    );
    expect((await fault(older)).message).toContain('such as sourceacr.azurecr.io');
  });

  test('an image of the local Docker daemon is reported as not in a registry', async () => {
    const text = withImages('{ "source_registry": "", "source_local_docker_image": "nginx:latest" }');
    const found = await fault(text);
    expect(found).toMatchObject({ code: 'schema', location: at(text, '"nginx:latest"') });
    expect(found.advice).toContain('Push the image');
  });

  test('is passed over where image_sources are given too', async () => {
    const { sources, warnings: notes } = await read(good.replace('"helm_packages"', '"images": {}, "helm_packages"'));
    expect(sources).toHaveLength(2);
    expect(notes).toEqual(['cnf-input.jsonc: "images" is not used because "image_sources" is set.']);
  });
});

describe('a broken cnf-input file', () => {
  test('that does not exist is named as the user wrote it', async () => {
    const folder = await folderWith({});
    const found = await faultOf(() => readCnfInput('nf/missing.jsonc', folder));
    expect([found.code, placeOf(found), found.message]).toEqual([
      'file-not-found',
      'nf/missing.jsonc',
      'Cannot read the input file nf/missing.jsonc: the file does not exist.',
    ]);
  });

  test('that is a folder, UTF-16, binary or far too large is refused', async () => {
    const folder = await folderWith({ 'nf/a.txt': '' });
    expect((await faultOf(() => readCnfInput('nf', folder))).code).toBe('file-unreadable');
    expect(await fault(Buffer.from(`\uFEFF${good}`, 'utf16le'))).toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('UTF-16'),
      advice: 'Save the file as UTF-8.',
    });
    expect(await fault(Buffer.from(good, 'utf16le'))).toMatchObject({
      code: 'file-unreadable',
      location: 'cnf-input.jsonc',
    });
    expect(await fault(Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject({ code: 'file-unreadable' });
    expect(await fault(Buffer.alloc(1024 * 1024 + 1, ' '))).toMatchObject({ code: 'file-too-large' });
  });

  test('each syntax error of a cnf-input file is reported with line and column', async () => {
    const faults = await faultsOf(() => read('{\n  "location" "uksouth",\n  "version": 1.\n  "nf_name": \'x\'\n}'));
    expect(faults.map((found) => [found.code, placeOf(found)])).toEqual(
      expect.arrayContaining([
        ['syntax', 'cnf-input.jsonc:2:14'],
        ['syntax', 'cnf-input.jsonc:4:14'],
      ]),
    );
    expect(faults[0]?.message).toBe(
      'cnf-input.jsonc is not valid JSON with comments: a colon is expected after the key.',
    );
  });

  test('at most ten syntax errors of a cnf-input file are reported', async () => {
    expect(await faultsOf(() => read('{ ?'.repeat(20)))).toHaveLength(10);
  });

  test.each([
    ['nothing', '', 'cnf-input.jsonc:1:1', 'a value is expected'],
    ['only comments', '// nothing\n', 'cnf-input.jsonc:2:1', 'a value is expected'],
    ['two objects', `${good}\n{}`, 'cnf-input.jsonc:5:1', 'the object is followed by more text'],
    [
      'a Windows path',
      '{ "location": "C:\\charts" }',
      'cnf-input.jsonc:1:15',
      'a backslash in a string must be doubled',
    ],
    [
      'a key given twice',
      '{\n "nf_name": "a",\n "nf_name": "b" }',
      'cnf-input.jsonc:3:2',
      'the key "nf_name" is duplicated',
    ],
    ['too many brackets', '['.repeat(100_000), 'cnf-input.jsonc:1:65', 'brackets are nested too deeply'],
  ])('that holds %s is a syntax error', async (_, text, place, sentence) => {
    const [found, ...others] = await faultsOf(() => read(text));
    expect(found && [found.code, placeOf(found)]).toEqual(['syntax', place]);
    expect(found?.message).toContain(sentence);
    expect(others).toEqual([]);
  });

  test('a misspelled key is reported with the correct key, and not as missing', async () => {
    expect(await fault(good.replace('image_sources', 'image_source'))).toEqual({
      code: 'unknown-input',
      location: 'cnf-input.jsonc:2:3',
      message: 'cnf-input.jsonc has the unknown key "image_source". Did you mean "image_sources"?',
      advice: expect.stringContaining('Valid keys are location, publisher_name'),
    });
    expect(await fault(good.replace('path_to_chart', 'pathToChart'))).toMatchObject({
      code: 'unknown-input',
      location: at(good, '"path_to_chart"'),
      message: 'cnf-input.jsonc has the unknown key "pathToChart". Did you mean "path_to_chart"?',
    });
  });

  test("keys of JavaScript's Object are reported as unknown keys", async () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect(await fault(good.replace('{', `{ "${key}": {},`))).toMatchObject({
        code: 'unknown-input',
        location: 'cnf-input.jsonc:1:3',
      });
    }
  });

  test.each([
    [
      'image_sources',
      '[]',
      '2:20',
      'image_sources in cnf-input.jsonc is an empty list.',
      'a list of at least one registry',
    ],
    [
      'image_sources',
      '"a.azurecr.io"',
      '2:20',
      'image_sources in cnf-input.jsonc is the string "a.azurecr.io".',
      'a list of registries',
    ],
    ['image_sources', '[5]', '2:21', 'image_sources[0] in cnf-input.jsonc is the number 5.', 'a string, a registry'],
    ['image_sources', '[""]', '2:21', 'image_sources[0] in cnf-input.jsonc is empty.', 'a string, a registry'],
    ['image_sources', 'null', '2:20', 'image_sources in cnf-input.jsonc is null.', 'a list of registries'],
    ['version', '"1.0"', '2:14', 'version in cnf-input.jsonc is the string "1.0".', 'three numbers separated by dots'],
    ['version', '1', '2:14', 'version in cnf-input.jsonc is the number 1.', 'three numbers separated by dots'],
    ['nf_name', '{}', '2:14', 'nf_name in cnf-input.jsonc is an object.', 'a string'],
    [
      'expose_all_parameters',
      '"yes"',
      '2:28',
      'expose_all_parameters in cnf-input.jsonc is the string "yes".',
      'true or false',
    ],
  ])('with a wrong %s (%s) is told the place and what is expected', async (key, value, place, message, expected) => {
    const rest = key === 'image_sources' ? '' : '"image_sources": ["docker.io"],';
    const text = good.replace(/"image_sources".*\n/, `"${key}": ${value}, ${rest}\n`);
    const found = await fault(text);
    expect(found).toMatchObject({ code: 'schema', location: `cnf-input.jsonc:${place}`, message });
    expect(found.advice).toContain(expected);
  });

  test.each([
    ['no sources', good.replace(/"image_sources".*\n/, ''), '1:1', 'cnf-input.jsonc is missing image_sources.'],
    ['no Helm packages', '{ "image_sources": ["docker.io"] }', '1:1', 'cnf-input.jsonc is missing helm_packages.'],
    [
      'an empty list of Helm packages',
      good.replace(/\[\{.*\}\]/, '[]'),
      '3:20',
      'helm_packages in cnf-input.jsonc is an empty list.',
    ],
    [
      'a Helm package without a name',
      good.replace('"name": "contoso", ', ''),
      '3:21',
      'cnf-input.jsonc is missing helm_packages[0].name.',
    ],
    [
      'a Helm package that is a list',
      good.replace(/\{ "name.*\}/, '[]'),
      '3:21',
      'helm_packages[0] in cnf-input.jsonc is an empty list.',
    ],
    ['a list as a whole', '[]', '1:1', 'The whole file in cnf-input.jsonc is an empty list.'],
  ])('with %s is refused', async (_, text, place, message) => {
    expect(await fault(text)).toMatchObject({ code: 'schema', location: `cnf-input.jsonc:${place}`, message });
  });

  test('with a source that is no registry is refused, and credentials in it are not repeated', async () => {
    expect(await fault(good.replace('myregistry.azurecr.io', 'myregistry'))).toMatchObject({
      code: 'schema',
      location: 'cnf-input.jsonc:2:21',
      message: expect.stringContaining('does not start with a registry host'),
    });
    const secret = await fault(good.replace('myregistry.azurecr.io', 'https://user:hunter2@myregistry.azurecr.io'));
    expect(JSON.stringify(secret)).not.toContain('hunter2');
    expect(secret.message).toContain('registry-credentials');
  });

  test('errors of different kinds are reported together, in the order of the file', async () => {
    const faults = await faultsOf(() =>
      read(
        '{\n"loction": "x",\n"version": 1,\n"image_sources": [],\n"helm_packages": [{ "nam": "a", "path_to_chart": 2 }]\n}',
      ),
    );
    expect(faults.map((found) => [found.code, placeOf(found)])).toEqual([
      ['unknown-input', 'cnf-input.jsonc:2:1'],
      ['schema', 'cnf-input.jsonc:3:12'],
      ['schema', 'cnf-input.jsonc:4:18'],
      ['unknown-input', 'cnf-input.jsonc:5:21'],
      ['schema', 'cnf-input.jsonc:5:50'],
    ]);
  });
});

describe('depends_on', () => {
  const packages = (...entries: readonly (readonly [string, readonly string[]])[]) =>
    `{ "image_sources": ["docker.io"], "helm_packages": [\n${entries
      .map(
        ([name, needs]) =>
          `{ "name": "${name}", "path_to_chart": "charts/contoso", "depends_on": ${JSON.stringify(needs)} }`,
      )
      .join(',\n')}\n] }`;

  test('orders packages and changes nothing for images', async () => {
    expect((await read(packages(['a', []], ['b', ['a']], ['c', ['a', 'b']]))).charts).toHaveLength(3);
  });

  test('on a package that the file does not have is refused', async () => {
    const text = packages(['core', []], ['edge', ['cor']]);
    expect(await fault(text)).toEqual({
      code: 'schema',
      location: at(text, '"cor"'),
      message: 'Helm package "edge" depends on "cor", which is not a package of the file.',
      advice: 'The packages are "core", "edge". Did you mean "core"?',
    });
  });

  test('in a circle is refused', async () => {
    const faults = await faultsOf(() => read(packages(['a', ['b']], ['b', ['c']], ['c', ['a']])));
    expect(faults.map(({ message }) => message)).toContain(
      'Helm packages depend on each other in a cycle: a → b → c → a.',
    );
    expect((await fault(packages(['a', ['a']]))).message).toContain('a → a');
  });
});

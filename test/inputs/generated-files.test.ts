import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { taskInput } from '../../scripts/generate/task.ts';
import { staleFiles } from '../../scripts/generate.ts';
import { errorCodes } from '../../src/core/errors.ts';
import { findingCodes } from '../../src/core/findings.ts';
import { inputGroups } from '../../src/inputs/input.ts';
import { azureVariable, githubVariable, toCamelCase, toFlag } from '../../src/inputs/input-names.ts';
import { inputs, inputsOn } from '../../src/inputs/input-table.ts';
import { outputs } from '../../src/inputs/output-table.ts';
import { root } from '../support/root.ts';

const text = async (path: string) => await readFile(join(root, path), 'utf8');

test('action.yml, task.json, the JSON Schema and the reference pages say what the tables say', () => {
  expect(staleFiles().map(({ path }) => `${path} differs: run "npm run generate"`)).toEqual([]);
});

describe('the table of inputs', () => {
  test('has the inputs of the contract, in its order', () => {
    expect(inputs.map(({ name }) => name)).toEqual(
      [
        'input-file charts values set config image-sources placeholder-registries resolve target push keep-going fail-on on-existing values-overlay attachments include-foreign shard job-position',
        'create-artifact-manifest publish-charts copy-mode platforms lock-file',
        'frozen base-ref fail-on-new helm-version helm-mirror kube-version api-versions namespace release-name is-upgrade skip-schema-validation optional-images optional-budget explain-aosm registry-credentials registry-connections',
        'azure-subscription azure-client-id azure-tenant-id plain-http ca-file concurrency report merge',
      ].flatMap((line) => line.split(' ')),
    );
  });

  test('has the outputs of the contract, in its order', () => {
    expect(outputs.map(({ name }) => name)).toEqual([
      'images',
      'unresolved',
      'image-count',
      'unresolved-count',
      'copied-count',
      'copied-bytes',
      'report',
      'lock-file',
    ]);
  });

  test('has texts that read well wherever they stand: one line, a sentence each', () => {
    for (const { name, summary, help } of inputs) {
      expect(`${summary}${help}`, name).not.toMatch(/[\r\n]/);
      expect(summary, name).not.toMatch(/\.$/);
      expect(help, name).toMatch(/\.$/);
      // Two lines of help.
      expect(summary.length, name).toBeLessThanOrEqual(160);
    }
  });

  test('is spelt in its ways', () => {
    expect(toCamelCase('image-sources')).toBe('imageSources');
    expect(toFlag('image-sources')).toBe('--image-sources');
    expect(githubVariable('image-sources')).toBe('INPUT_IMAGE-SOURCES');
    expect(azureVariable('image-sources')).toBe('INPUT_IMAGESOURCES');
  });
});

describe('action.yml', () => {
  test('starts the bundle on Node 24 and has every input and output', async () => {
    const action = parse(await text('action.yml'));
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' });
    expect(Object.keys(action.inputs)).toEqual(inputsOn('github').map(({ name }) => name));
    expect(Object.keys(action.outputs)).toEqual(outputs.map(({ name }) => name));
    expect(action.inputs['fail-on']).not.toHaveProperty('default');
    expect(action.inputs['fail-on'].description).toContain('Default: `absent, unknown, conflict, ambiguous, ');
    expect(action.inputs.concurrency.default).toBe('16');
    expect(action.inputs.report).not.toHaveProperty('default');
    // The marketplace shows no more of it.
    expect(action.description.length).toBeLessThanOrEqual(125);
  });
});

describe('task.json', () => {
  test('has only names, types and conditions that Azure Pipelines knows', async () => {
    const task = JSON.parse(await text('task/task.json'));
    const { version } = JSON.parse(await text('package.json'));
    expect(task.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Object.values(task.version).join('.')).toBe(version);
    expect(task.friendlyName.length).toBeLessThanOrEqual(40);
    expect(task.execution).toEqual({ Node20_1: { target: 'dist/index.js' }, Node24: { target: 'dist/index.js' } });
    expect(task.inputs).toHaveLength(inputsOn('azure').length);
    for (const input of task.inputs) {
      expect(input.name).toMatch(/^[A-Za-z][A-Za-z0-9]*$/);
      expect(input.type, input.name).toMatch(
        /^(string|boolean|multiLine|pickList|connectedService:(AzureRM|dockerregistry))$/,
      );
      expect(Object.keys(inputGroups)).toContain(input.groupName);
    }
    const subscription = task.inputs.find((input: { name: string }) => input.name === 'azureSubscription');
    expect(subscription.type).toBe('connectedService:AzureRM');
  });

  test('has a picker of several service connections where a row of the table says so', () => {
    const row = {
      name: 'docker-registry-connections',
      only: 'azure',
      kind: 'list',
      default: '',
      placeholder: 'connection',
      summary: 'Service connections',
      help: 'Chosen in the pipeline.',
      group: 'registries',
      azureType: 'connectedService:dockerregistry',
      azureProperties: { MultiSelectFlatList: 'True' },
    } as const;
    expect(taskInput(row)).toMatchObject({
      name: 'dockerRegistryConnections',
      type: 'connectedService:dockerregistry',
      properties: { MultiSelectFlatList: 'True' },
    });
  });

  test('lets the task set its outputs, in both spellings, and no other variable', async () => {
    const { restrictions } = JSON.parse(await text('task/task.json'));
    const names = outputs.flatMap(({ name }) => [toCamelCase(name), name]);
    expect(restrictions).toEqual({ settableVariables: { allowed: [...new Set(names)] } });
  });
});

test('the reference pages list every input, output, finding and error code', async () => {
  const pages = ['inputs', 'outputs', 'findings', 'errors'].map((name) => text(`docs/reference/${name}.md`));
  const reference = (await Promise.all(pages)).join('\n');
  const names = [...inputs, ...outputs].map(({ name }) => name);
  for (const name of [...names, ...Object.keys(findingCodes), ...Object.keys(errorCodes)]) {
    expect(reference).toContain(`\n| \`${name}\` |`);
  }
});

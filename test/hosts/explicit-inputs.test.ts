import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { azureInputs } from '../../src/hosts/azure-host.ts';
import { githubInputs } from '../../src/hosts/github-host.ts';
import { inputsEntries } from '../../src/inputs/config-inputs-schema.ts';
import { azureVariable, githubVariable, toCamelCase } from '../../src/inputs/input-names.ts';
import { root } from '../support/root.ts';

const action: { inputs: Record<string, { default?: string }> } = parse(
  await readFile(join(root, 'action.yml'), 'utf8'),
);

/** What a runner hands over for a step that says nothing but this. */
function variables(spelling: (name: string) => string, said: Readonly<Record<string, string>>) {
  const entries = Object.entries(action.inputs);
  return Object.fromEntries(entries.map(([name, input]) => [spelling(name), said[name] ?? input.default ?? '']));
}

test('runners hand over no default of an input that chart-images.yaml may give', async () => {
  const task: { inputs: { name: string; defaultValue?: string }[] } = JSON.parse(
    await readFile(join(root, 'task/task.json'), 'utf8'),
  );
  for (const name of [...Object.keys(inputsEntries), 'image-sources']) {
    expect(action.inputs[name]?.default, name).toBeUndefined();
    expect(
      task.inputs.find((input) => input.name === toCamelCase(name))?.defaultValue || undefined,
      name,
    ).toBeUndefined();
  }
});

describe.each([
  { host: 'GitHub', inputs: githubInputs, spelling: githubVariable },
  {
    host: 'Azure Pipelines',
    inputs: (env: Record<string, string>) => azureInputs(env).inputs,
    spelling: azureVariable,
  },
])('a step on $host', ({ inputs, spelling }) => {
  test('that says nothing gives no input, although the runner hands every default over', () => {
    expect(inputs(variables(spelling, {}))).toEqual({});
  });

  test('says no more by writing a switch in capitals, as Azure Pipelines writes a parameter', () => {
    expect(inputs(variables(spelling, { resolve: 'True', push: 'False' }))).toEqual({});
    expect(inputs(variables(spelling, { push: 'True' }))).toEqual({ push: 'True' });
  });

  test('says a default that it writes, where chart-images.yaml could say something else', () => {
    const said = {
      'fail-on': 'absent, unknown, conflict',
      'fail-on-new': 'False',
      'on-existing': 'fail',
      platforms: 'all',
      'helm-version': 'installed',
    };
    expect(inputs(variables(spelling, said))).toEqual(said);
  });

  test('gives what it says', () => {
    const said = { charts: 'charts/*', 'fail-on': 'none', resolve: 'false' };
    expect(inputs(variables(spelling, said))).toEqual(said);
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv from 'ajv-draft-04';
import { describe, expect, test } from 'vitest';
import { inputs as tableInputs } from '../../src/inputs/input-table.ts';
import { outputs } from '../../src/inputs/output-table.ts';
import { root } from '../support/root.ts';

const json = async (...path: readonly string[]) => JSON.parse(await readFile(join(root, ...path), 'utf8'));

/**
 * Microsoft's published schema, as microsoft/azure-pipelines-task-lib has it (MIT, see the license beside it); no
 * package carries it.
 */
const schema = await json('test', 'task', 'fixtures', 'tasks.schema.json');
// Some of its patterns are none with the flag `u`.
const isTask = new Ajv.default({ allErrors: true, strict: false, unicodeRegExp: false }).compile(schema);

interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly visibleRule?: string;
  readonly options?: Readonly<Record<string, string>>;
}

const task = await json('task', 'task.json');
const inputs: readonly TaskInput[] = task.inputs;

describe('task.json', () => {
  test('keeps to the published schema of tasks', () => {
    isTask(task);
    expect(isTask.errors ?? []).toEqual([]);
  });

  test.each([
    ['a handler that no agent has', { execution: { Node25: { target: 'dist/index.js' } } }],
    ['a name that no variable can have', { inputs: [{ name: 'input-file', label: 'Input file', type: 'string' }] }],
    ['a word that means nothing', { inputz: [] }],
  ])('that has %s is refused by the schema', (_, wrong) => {
    expect(isTask({ ...task, ...wrong })).toBe(false);
  });

  test('asks for an agent that has the older of its handlers', () => {
    // Node20_1 came with agent 3.232.1; an agent that does not know Node24 takes it, so no newer one is asked for.
    expect(Object.keys(task.execution)).toEqual(['Node20_1', 'Node24']);
    expect(task.minimumAgentVersion).toBe('3.232.1');
  });

  test('shows an input under conditions that other inputs can meet', () => {
    const conditions = inputs.flatMap(({ name, visibleRule }) =>
      (visibleRule ?? '').split(/ && | \|\| /).flatMap((rule) => (rule === '' ? [] : [{ name, rule }])),
    );
    expect(conditions.length).toBeGreaterThan(3);
    for (const { name, rule } of conditions) {
      const [, other = '', value = ''] = /^(\w+) (?:!?=|NotEndsWith) (\S+)$/.exec(rule) ?? [];
      const asked = inputs.find((input) => input.name === other);
      expect(asked, `${name}: ${rule}`).toBeDefined();
      if (asked?.type === 'boolean') expect(['true', 'false'], `${name}: ${rule}`).toContain(value);
      if (asked?.options !== undefined) expect(Object.keys(asked.options), `${name}: ${rule}`).toContain(value);
    }
  });

  test('has a group for every input and an input in every group', () => {
    const used = new Set(task.inputs.map(({ groupName }: { readonly groupName: string }) => groupName));
    expect([...used].sort()).toEqual(task.groups.map(({ name }: { readonly name: string }) => name).sort());
  });

  test('calls every input by the name that a pipeline gives it', async () => {
    const dashed = [...tableInputs, ...outputs].map(({ name }) => name).filter((name) => name.includes('-'));
    const text = JSON.stringify([task.inputs, task.outputVariables]);
    expect(text).toContain('`target: artifact-store`');
    expect(text).toContain('`inputFile`');
    expect(dashed.filter((name) => new RegExp(`\`${name}[:\`]`).test(text))).toEqual([]);
  });

  test('names every output variable as one that the task may set', () => {
    const named = task.outputVariables.map(({ name }: { readonly name: string }) => name);
    expect(task.restrictions.settableVariables.allowed).toEqual(expect.arrayContaining(named));
  });
});

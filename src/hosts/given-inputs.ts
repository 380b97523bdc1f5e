import type { Input } from '../inputs/input.ts';
import { inputs as table } from '../inputs/input-table.ts';
import { booleanOf } from '../inputs/read-value.ts';

/**
 * What a user gave of what a runner hands over. Runners also hand over the defaults of action.yml and task.json, and nothing tells
 * them from what somebody wrote: a value that is the default says nothing, so that a configuration file can.
 */
export function givenInputs(
  entries: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, string>> {
  const inputs = new Map<string, Input>(table.map((input) => [input.name, input]));
  return Object.fromEntries(entries.filter(([name, value]) => value !== '' && !isDefault(value, inputs.get(name))));
}

function isDefault(value: string, input: Input | undefined): boolean {
  if (input === undefined) return false;
  return value === input.default || (input.kind === 'boolean' && booleanOf(value) === booleanOf(input.default));
}

import { handedDefault, type Input } from '../inputs/input.ts';
import { inputs as table } from '../inputs/input-table.ts';
import { booleanOf } from '../inputs/read-value.ts';

/**
 * What a user gave of what a runner hands over. Runners also hand over the defaults of action.yml and task.json, and nothing
 * distinguishes them from what the workflow wrote: such a value is dropped. Inputs that chart-images.yaml may give have no default
 * there, so each of their values was written, a written default too.
 */
export function dropDefaults(
  entries: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, string>> {
  const inputs = new Map<string, Input>(table.map((input) => [input.name, input]));
  return Object.fromEntries(entries.filter(([name, value]) => value !== '' && !isDefault(value, inputs.get(name))));
}

function isDefault(value: string, input: Input | undefined): boolean {
  const handed = input === undefined ? '' : handedDefault(input);
  if (input === undefined || handed === '') return false;
  return value === handed || (input.kind === 'boolean' && booleanOf(value) === booleanOf(handed));
}

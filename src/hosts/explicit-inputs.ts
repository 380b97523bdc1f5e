import { handedDefault, type Input } from '../inputs/input.ts';
import { inputs as table } from '../inputs/input-table.ts';
import { booleanOf } from '../inputs/read-value.ts';

/**
 * The inputs that the user set. Runners also pass the defaults of action.yml and task.json, so a value that equals the
 * default is dropped. Inputs that chart-images.yaml can set have no default there, so all their values are explicit.
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

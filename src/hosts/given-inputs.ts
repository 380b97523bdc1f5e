import { inputs as table } from '../inputs/input-table.ts';

/**
 * What a user gave of what a runner hands over. Runners also hand over the defaults of action.yml and task.json, and nothing tells
 * them from what somebody wrote: a value that is the default says nothing, so that a configuration file can.
 */
export function givenInputs(
  entries: readonly (readonly [name: string, value: string])[],
): Readonly<Record<string, string>> {
  const defaults = new Map<string, string>(table.map(({ name, default: value }) => [name, value]));
  return Object.fromEntries(entries.filter(([name, value]) => value !== '' && value !== defaults.get(name)));
}

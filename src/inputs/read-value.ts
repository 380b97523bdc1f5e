import { type ChartImagesError, throwAll } from '../core/errors.ts';
import type { ParseResult } from '../core/oci/parse-result.ts';
import { closestName } from './did-you-mean.ts';
import { invalidInput } from './input-errors.ts';
import { type InputName, inputs } from './input-table.ts';

/** Trimmed entries between commas and line breaks, without empty ones. */
export function splitList(value: string): readonly string[] {
  return value
    .split(/[,\r\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** Trimmed lines, without empty ones. */
export function splitLines(value: string): readonly string[] {
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * The booleans of YAML's core schema, as in getBooleanInput of @actions/core. Azure Pipelines writes a boolean
 * parameter (`${{ parameters.push }}`) as `True`.
 */
export function booleanOf(value: string): boolean | undefined {
  if (['true', 'True', 'TRUE'].includes(value)) return true;
  return ['false', 'False', 'FALSE'].includes(value) ? false : undefined;
}

/** Throws `invalid-input`. */
export function readBoolean(name: InputName, value: string): boolean {
  const read = booleanOf(value);
  if (read !== undefined) return read;
  throw invalidInput(name, value, 'it takes only true and false', `Write ${name}: true or ${name}: false.`);
}

/** A whole number in the range of the input, both ends included. */
export function readNumber(name: InputName, value: string): number {
  const input = inputs.find((each) => each.name === name);
  if (input?.kind !== 'number') throw new TypeError(`${name} is not a number`);
  const { minimum, maximum } = input;
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= minimum && number <= maximum) return number;
  throw invalidInput(
    name,
    value,
    `it takes a whole number from ${minimum} to ${maximum}`,
    `Write a number from ${minimum} to ${maximum}, or remove the input to use its default.`,
  );
}

/** One of the choices; the error suggests the most similar. */
export function readChoice<T extends string>(name: InputName, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw invalidChoiceError(name, value, choices);
}

export function invalidChoiceError(name: InputName, value: string, choices: readonly string[]): ChartImagesError {
  const near = closestName(value, choices);
  const accepted = choices.join(', ');
  return invalidInput(
    name,
    value,
    `it takes ${accepted}`,
    near === undefined ? `Write one of ${accepted}.` : `Did you mean "${near}"?`,
  );
}

/** Reads every entry of a list. Throws an error for each invalid entry, all together. */
export function readEach<T>(
  name: InputName,
  entries: readonly string[],
  read: (entry: string) => ParseResult<T>,
  advice: string,
): readonly T[] {
  const values: T[] = [];
  const errors: ChartImagesError[] = [];
  for (const entry of entries) {
    const parsed = read(entry);
    if (parsed.ok) values.push(parsed.value);
    else errors.push(invalidInput(name, entry, parsed.reason, advice));
  }
  throwAll(errors);
  return values;
}

import { ChartImagesError } from '../core/errors.ts';
import { didYouMean } from './did-you-mean.ts';
import type { InputHost } from './input.ts';
import { quote } from './input-errors.ts';
import { type InputName, inputs, inputsOn } from './input-table.ts';

/** Inputs from a host: kebab-case names, lists as lines. */
export type RawInputs = Readonly<Record<string, string>>;

/** Except tabs. Control characters would end up in command lines, headers and tables. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** The trimmed value; undefined if it is empty. */
export function inputValue(raw: RawInputs, name: InputName): string | undefined {
  return (Object.hasOwn(raw, name) ? raw[name]?.trim() : undefined) || undefined;
}

/** The value, else the default; `''` if there is none. */
export function valueOrDefault(raw: RawInputs, name: InputName): string {
  return inputValue(raw, name) ?? inputs.find((input) => input.name === name)?.default ?? '';
}

/**
 * Returns errors for inputs that don't exist on this host or contain control characters, and the other inputs.
 */
export function validateInputNames(
  raw: RawInputs,
  host: InputHost | undefined,
): {
  readonly errors: readonly ChartImagesError[];
  readonly readable: RawInputs;
} {
  const known = host === undefined ? inputs : inputsOn(host);
  const names: readonly string[] = known.map(({ name }) => name);
  const issues = Object.keys(raw)
    .filter((name) => !names.includes(name))
    .map((name) => unknownInput(name, names));
  const readable: [string, string][] = [];
  for (const input of known) {
    const value = inputValue(raw, input.name);
    if (value === undefined) continue;
    const severalLines = input.kind === 'list' || input.kind === 'lines';
    if (control.test(severalLines ? value.replace(/\r?\n/g, '') : value)) issues.push(controlCharacters(input.name));
    else readable.push([input.name, value]);
  }
  return { errors: issues, readable: Object.fromEntries(readable) };
}

const hostNames: Readonly<Record<InputHost, string>> = {
  azure: 'in Azure Pipelines',
  github: 'on GitHub',
  terminal: 'in a terminal',
};

function unknownInput(name: string, names: readonly string[]): ChartImagesError {
  const only = inputs.find((input) => input.name === name)?.only;
  const what =
    only === undefined
      ? `Unknown input ${quote(name)}.${didYouMean(name, names)}`
      : `Input ${quote(name)} is only available ${hostNames[only]}.`;
  return new ChartImagesError('unknown-input', `${what}`, {
    advice: `Valid inputs are ${names.join(', ')}.`,
  });
}

/** Without the value, which can be a secret. */
function controlCharacters(name: InputName): ChartImagesError {
  return new ChartImagesError('invalid-input', `Input "${name}" contains control characters or line breaks.`, {
    advice: 'Type the value again, on one line. It was probably pasted from a terminal or a file.',
  });
}

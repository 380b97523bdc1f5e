import { ChartImagesError } from '../errors.ts';
import { quote } from './faults.ts';
import { type InputName, inputs } from './input-table.ts';
import { didYouMean } from './nearest.ts';

/** The inputs as a host hands them over: kebab-case names, lists as lines. */
export type RawInputs = Readonly<Record<string, string>>;

/** Tabs and line ends are blanks; any other control character would end up in a command line, a header or a table. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** What the user said, without the blanks around it; undefined when that is nothing. */
export function givenValue(raw: RawInputs, name: InputName): string | undefined {
  return (Object.hasOwn(raw, name) ? raw[name]?.trim() : undefined) || undefined;
}

/** What the user said, or else the default of the table; `''` when there is none. */
export function valueOrDefault(raw: RawInputs, name: InputName): string {
  return givenValue(raw, name) ?? inputs.find((input) => input.name === name)?.default ?? '';
}

/** What is wrong with inputs whatever they mean: names that do not exist, control characters, features not built yet. */
export function faultsOfInputs(raw: RawInputs): readonly ChartImagesError[] {
  const names: readonly string[] = inputs.map(({ name }) => name);
  return [
    ...Object.keys(raw)
      .filter((name) => !names.includes(name))
      .map((name) => unknownInput(name, names)),
    ...inputs.flatMap(({ name, kind, built }) => {
      const value = givenValue(raw, name);
      if (value === undefined) return [];
      if (control.test(value)) return [controlCharacters(name)];
      // A boolean that is not true asks for nothing; whether it is one is checked where it is read.
      return built || (kind === 'boolean' && value !== 'true') ? [] : [notBuiltYet(name)];
    }),
  ];
}

function unknownInput(name: string, names: readonly string[]): ChartImagesError {
  return new ChartImagesError('unknown-input', `There is no input ${quote(name)}.${didYouMean(name, names)}`, {
    advice: `The inputs are ${names.join(', ')}.`,
  });
}

/** Without the value: it may be a secret, and what is wrong with it can not be seen anyway. */
function controlCharacters(name: InputName): ChartImagesError {
  return new ChartImagesError('invalid-input', `Input "${name}" holds control characters.`, {
    advice: 'Type the value anew; it was probably pasted from a terminal or a binary file.',
  });
}

function notBuiltYet(name: InputName): ChartImagesError {
  return new ChartImagesError('not-built-yet', `Input "${name}" is not built yet.`, {
    advice: 'Leave it out with this release; CHANGELOG.md of a later one will name it.',
  });
}

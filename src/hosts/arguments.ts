import { ChartImagesError, throwTogether } from '../errors.ts';
import type { Input } from '../inputs/input.ts';
import { inputsOn } from '../inputs/input-table.ts';
import { nearest } from '../inputs/nearest.ts';
import { booleanOf } from '../inputs/read-value.ts';
import { flag } from '../inputs/spelling.ts';

/** What a command line asks for. */
export interface Invocation {
  /** By kebab-case name; a list is one entry per line. Empty ones are left out. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The report, not the table, on standard output. */
  readonly json: boolean;
  readonly debug: boolean;
  /** Tell which steps looked for the credential of each registry. */
  readonly explainCredentials: boolean;
}

const table = inputsOn('terminal');

/** Flags of the terminal alone. `--help` and `--version` are answered before anything is read. */
const switches = ['json', 'debug', 'explain-credentials', 'help', 'version'] as const;

const helpAdvice = 'chart-images --help shows all flags.';

/** A flag apart from the value that `=` ties to it. */
interface Flag {
  readonly name: string;
  readonly attached: string | undefined;
}

/**
 * Reads a command line by the table of inputs: `--name value` or `--name=value`; for booleans `--name`, `--no-name`,
 * `--name=false` and `--name false`; lists by repeating the flag or with line ends in the value; what stands alone is a chart
 * (behind the word `merge` the folder of a report); all after `--` stands alone. Throws `unknown-input`, `invalid-input` and
 * `missing-input`, all of them together.
 */
export function readArguments(given: readonly string[]): Invocation {
  const faults: ChartImagesError[] = [];
  const values = new Map<string, string[]>();
  const on = new Set<string>();
  // A chart of that name is ./merge.
  const loose = given[0] === 'merge' ? 'merge' : 'charts';
  const rest = loose === 'merge' ? given.slice(1) : [...given];
  const add = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);

  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--') {
      for (const word of rest.splice(0)) add(loose, word);
    } else if (!argument.startsWith('-')) {
      add(loose, argument);
    } else {
      const { name, attached } = splitFlag(argument);
      const input = table.find((known) => flag(known.name) === name);
      if (input !== undefined) {
        const value = attached ?? takeValue(input, rest);
        if (value === undefined) faults.push(missingValue(input));
        else if (values.has(input.name) && !repeats(input)) faults.push(repeated(input));
        else add(input.name, value);
      } else {
        const denied = table.find((known) => known.kind === 'boolean' && flag(`no-${known.name}`) === name);
        const known = switches.find((word) => flag(word) === name);
        if (attached !== undefined && (denied ?? known) !== undefined) faults.push(takesNoValue(name));
        else if (denied !== undefined && values.has(denied.name)) faults.push(repeated(denied));
        else if (denied !== undefined) add(denied.name, 'false');
        else if (known !== undefined) on.add(known);
        else faults.push(unknownFlag(name));
      }
    }
  }
  if (loose === 'merge' && textOf(values.get('merge')) === '') faults.push(nothingToMerge());
  throwTogether(faults);
  const entries = [...values].map(([name, texts]) => [name, textOf(texts)] as const);
  return {
    inputs: Object.fromEntries(entries.filter(([, value]) => value !== '')),
    json: on.has('json'),
    debug: on.has('debug'),
    explainCredentials: on.has('explain-credentials'),
  };
}

function textOf(values: readonly string[] | undefined): string {
  return values?.join('\n').trim() ?? '';
}

function splitFlag(argument: string): Flag {
  const equals = argument.indexOf('=');
  if (equals < 0) return { name: argument, attached: undefined };
  return { name: argument.slice(0, equals), attached: argument.slice(equals + 1) };
}

/**
 * `--push false` must not mean "push, and the chart is called false". Another flag is never a value: it says that the value
 * was forgotten, and `=` is there for a value that begins with two dashes.
 */
function takeValue(input: Input, rest: string[]): string | undefined {
  const next = rest[0];
  if (input.kind === 'boolean') return next !== undefined && booleanOf(next) !== undefined ? rest.shift() : 'true';
  return next === undefined || next.startsWith('--') ? undefined : rest.shift();
}

const repeats = (input: Input) => input.kind === 'list' || input.kind === 'lines';

function missingValue({ name, placeholder }: Input): ChartImagesError {
  return new ChartImagesError('invalid-input', `Flag "${flag(name)}" needs a value.`, {
    advice: `Write ${flag(name)} <${placeholder}>, or ${flag(name)}=<${placeholder}> where the value begins with "--".`,
  });
}

function repeated({ name }: Input): ChartImagesError {
  return new ChartImagesError('invalid-input', `Flag "${flag(name)}" is given more than once.`, {
    advice: 'It takes one value: leave all but one out.',
  });
}

function takesNoValue(name: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Flag "${name}" takes no value.`, { advice: `Write ${name} alone.` });
}

function nothingToMerge(): ChartImagesError {
  return new ChartImagesError('missing-input', 'No report is named that could be joined.', {
    advice: "Name the report folders of the runs behind merge, for example chart-images merge 'reports/*'.",
  });
}

function unknownFlag(name: string): ChartImagesError {
  const near = nearest(name, [...table.map((input) => input.name), ...switches].map(flag));
  return new ChartImagesError('unknown-input', `There is no flag "${name}".`, {
    advice: near === undefined ? helpAdvice : `Did you mean "${near}"? ${helpAdvice}`,
  });
}

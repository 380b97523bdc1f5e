import { ChartImagesError, throwAll } from '../core/errors.ts';
import { closestName } from '../inputs/did-you-mean.ts';
import type { Input } from '../inputs/input.ts';
import { toFlag } from '../inputs/input-names.ts';
import { inputsOn } from '../inputs/input-table.ts';
import { booleanOf } from '../inputs/read-value.ts';

/** A parsed command line. */
export interface ParsedArguments {
  /** By kebab-case name, without empty ones. A list has one entry per line. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Print the report instead of the table to standard output. */
  readonly json: boolean;
  readonly debug: boolean;
  /** Log which credential sources were tried for each registry. */
  readonly explainCredentials: boolean;
}

const table = inputsOn('terminal');

/** Flags without an input. main.ts handles `--help` and `--version`. */
const toggles = ['json', 'debug', 'explain-credentials', 'help', 'version'] as const;

const helpAdvice = 'For all flags, run chart-images --help.';

/** A flag and the value after its `=`. */
interface Flag {
  readonly name: string;
  readonly attached: string | undefined;
}

/**
 * Parses `--name value` and `--name=value`, for booleans also `--name`, `--no-name` and `--name false`. Repeated flags
 * are list entries. Positional arguments, including all after `--`, are charts or, after `merge`, report folders.
 * Throws `unknown-input`, `invalid-input` and `missing-input`, all errors together.
 */
// Not parseArgs of node:util: it takes the flag after a forgotten value as that value, and `-target` as six flags. With
// these and `--push false` handled by its tokens, it is as long.
export function parseArguments(given: readonly string[]): ParsedArguments {
  const issues: ChartImagesError[] = [];
  const values = new Map<string, string[]>();
  const on = new Set<string>();
  // For a chart of this name, users write ./merge.
  const positional = given[0] === 'merge' ? 'merge' : 'charts';
  const rest = positional === 'merge' ? given.slice(1) : [...given];
  const add = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);

  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--') {
      for (const word of rest.splice(0)) add(positional, word);
    } else if (!argument.startsWith('-')) {
      add(positional, argument);
    } else {
      const { name, attached } = splitFlag(argument);
      const input = table.find((known) => toFlag(known.name) === name);
      if (input !== undefined) {
        const value = attached ?? takeValue(input, rest);
        if (value === undefined) issues.push(missingValue(input));
        else if (values.has(input.name) && !repeats(input)) issues.push(repeatedFlagError(input));
        else add(input.name, value);
      } else {
        const negated = table.find((known) => known.kind === 'boolean' && toFlag(`no-${known.name}`) === name);
        const known = toggles.find((word) => toFlag(word) === name);
        if (attached !== undefined && (negated ?? known) !== undefined) issues.push(takesNoValue(name));
        else if (negated !== undefined && values.has(negated.name)) issues.push(repeatedFlagError(negated));
        else if (negated !== undefined) add(negated.name, 'false');
        else if (known !== undefined) on.add(known);
        else issues.push(unknownFlag(name));
      }
    }
  }
  if (positional === 'merge' && textOf(values.get('merge')) === '') issues.push(nothingToMerge());
  throwAll(issues);
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
 * `--push false` must not mean "push, and check the chart false". A flag is never the value of another flag: the value
 * was forgotten. Values that start with two dashes need `=`.
 */
function takeValue(input: Input, rest: string[]): string | undefined {
  const next = rest[0];
  if (input.kind === 'boolean') return next !== undefined && booleanOf(next) !== undefined ? rest.shift() : 'true';
  return next === undefined || next.startsWith('--') ? undefined : rest.shift();
}

const repeats = (input: Input) => input.kind === 'list' || input.kind === 'lines';

function missingValue({ name, placeholder }: Input): ChartImagesError {
  return new ChartImagesError('invalid-input', `Flag "${toFlag(name)}" needs a value.`, {
    advice: `Write ${toFlag(name)} <${placeholder}>. If the value starts with "--", write ${toFlag(name)}=<${placeholder}>.`,
  });
}

function repeatedFlagError({ name }: Input): ChartImagesError {
  return new ChartImagesError('invalid-input', `Flag "${toFlag(name)}" is given more than once.`, {
    advice: 'Specify it only once.',
  });
}

function takesNoValue(name: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Flag "${name}" takes no value.`, {
    advice: `Write ${name} without a value.`,
  });
}

function nothingToMerge(): ChartImagesError {
  return new ChartImagesError('missing-input', 'The command merge needs at least one report folder.', {
    advice: "Specify the report folders after merge, for example chart-images merge 'reports/*'.",
  });
}

function unknownFlag(name: string): ChartImagesError {
  const near = closestName(name, [...table.map((input) => input.name), ...toggles].map(toFlag));
  return new ChartImagesError('unknown-input', `Unknown flag "${name}".`, {
    advice: near === undefined ? helpAdvice : `Did you mean "${near}"? ${helpAdvice}`,
  });
}

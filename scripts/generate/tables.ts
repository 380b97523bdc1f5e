import { errorCodes } from '../../src/core/errors.ts';
import { alwaysFailingCodes, failOnCodes, findingCodes } from '../../src/core/findings.ts';
import { toCamelCase } from '../../src/inputs/input-names.ts';
import { inputs } from '../../src/inputs/input-table.ts';
import { outputs } from '../../src/inputs/output-table.ts';
import { description } from './description.ts';

const where = { azure: 'in Azure Pipelines', github: 'on GitHub', terminal: 'in a terminal' } as const;

/** The pages that have a generated table, by the name of the table. */
const pages = {
  inputs: 'docs/reference/inputs.md',
  outputs: 'docs/reference/outputs.md',
  findings: 'docs/reference/findings.md',
  errors: 'docs/reference/errors.md',
} as const;

export const tablePages: readonly string[] = Object.values(pages);

/** A page with its table written anew between `<!-- name -->` and `<!-- /name -->`; everything else is kept. */
export function withTables(text: string, path: string): string {
  // The keys of a literal are just its own.
  const tables = (Object.keys(pages) as (keyof typeof pages)[]).filter((name) => pages[name] === path);
  const all = sections();
  return tables.reduce((page, name) => between(page, { path, name, inside: all[name] }), text);
}

function sections(): Readonly<Record<keyof typeof pages, string>> {
  const code = (text: string) => `\`${text}\``;
  const failing: readonly string[] = failOnCodes;
  const always: ReadonlySet<string> = alwaysFailingCodes;
  return {
    inputs: table(
      ['Input', 'Default', 'Meaning'],
      inputs.map((input) => [
        code(input.name),
        input.default === '' ? '' : code(input.default),
        `${description(input)}${input.only === undefined ? '' : ` Only ${where[input.only]}.`}`,
      ]),
    ),
    outputs: table(
      ['Output', 'Azure Pipelines', 'Meaning'],
      outputs.map(({ name, summary }) => [code(name), code(toCamelCase(name)), `${summary}.`]),
    ),
    findings: table(
      ['Finding', 'In `fail-on`', 'Meaning'],
      Object.entries(findingCodes).map(([name, meaning]) => [
        code(name),
        failing.includes(name) ? 'yes' : always.has(name) ? 'always fails the run' : 'only informs',
        meaning,
      ]),
    ),
    errors: table(
      ['Code', 'Exit', 'Meaning'],
      Object.entries(errorCodes).map(([name, { exit, meaning }]) => [code(name), String(exit), meaning]),
    ),
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

interface Replacement {
  readonly path: string;
  readonly name: string;
  readonly inside: string;
}

function between(text: string, { path, name, inside }: Replacement): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close);
  if (start < 0 || end < start) throw new Error(`${path} is missing the lines ${open} and ${close}`);
  return `${text.slice(0, start + open.length)}\n${inside}\n${text.slice(end)}`;
}

import { type Input, inputGroups } from './input.ts';
import { credentialsVariable, toFlag } from './input-names.ts';
import { inputsOn } from './input-table.ts';

/** Fits a usual terminal and a code block in the README. */
const width = 96;
const indent = 6;

const examples = [
  ['List the images of a chart', 'chart-images charts/contoso --no-resolve'],
  [
    'Check that every image is in one of two registries',
    "chart-images 'charts/*' --image-sources ghcr.io/contoso,upstream",
  ],
  ['Show what would be copied for AOSM', 'chart-images --input-file cnf-input.jsonc --target myregistry.azurecr.io'],
  ['Copy it', 'chart-images --input-file cnf-input.jsonc --target myregistry.azurecr.io --push'],
  ['Merge the reports of several runs', "chart-images merge 'reports/*' --report report"],
] as const;

/** Flags that are not inputs. */
const terminalFlags = [
  ['--json', 'Print the report (images.json), and nothing else, to standard output.'],
  ['--debug', 'Print debug messages to standard error.'],
  [
    '--explain-credentials',
    'Print to standard error which credential sources were tried for each registry and import, and what they returned. Credentials are never printed.',
  ],
  ['--version', 'Print the version.'],
  ['--help', 'Print this help.'],
] as const;

const variables = [
  [
    credentialsVariable,
    'Value of --registry-credentials that other users of the machine cannot read. The flag overrides it.',
  ],
] as const;

/** The exit codes of the contract. */
const exitCodes = [
  ['0', 'success'],
  ['1', 'findings that fail the run'],
  ['2', 'invalid input'],
  ['3', 'a check or a copy could not be completed'],
  ['130', 'interrupted'],
] as const;

/** The text of `--help`: usage, examples, inputs by group, and exit codes. */
export function helpText(): string {
  const groups = Object.entries(inputGroups).map(([group, title]) => {
    const options = inputsOn('terminal')
      .filter((input) => input.group === group)
      .map(option);
    return section(title, options);
  });
  return [
    'Usage: chart-images [<chart>...] [options]',
    '       chart-images merge <folder>... [--report <folder>]',
    '',
    ...wrap(
      'Finds every container image that Helm charts need, verifies that each one exists, and copies them byte for byte.',
      0,
    ),
    '',
    ...wrap(
      'For a list, repeat the flag or separate entries with commas or line breaks. For a boolean, write --push, --no-push, or --push=false.',
      0,
    ),
    '',
    section(
      'Examples',
      examples.map(([what, command]) => `  # ${what}\n  ${command}`),
    ),
    ...groups,
    section(
      'Terminal',
      terminalFlags.map(([name, text]) => entry(name, text)),
    ),
    section(
      'Environment',
      variables.map(([name, text]) => entry(name, text)),
    ),
    section(
      'Exit codes',
      exitCodes.map(([code, meaning]) => `  ${code.padEnd(4)}${meaning}`),
    ),
  ].join('\n');
}

function section(title: string, entries: readonly string[]): string {
  return `${title}:\n${entries.join('\n')}\n`;
}

function option(input: Input): string {
  const value = input.kind === 'boolean' ? '' : ` <${input.placeholder}>`;
  return entry(`${toFlag(input.name)}${value}`, `${input.summary}. ${input.help}${defaultText(input)}`);
}

/** The default as the end of a text; `''` if there is none. */
function defaultText(input: Input): string {
  const without = input.default === '' ? input.otherwise : input.default;
  return without === undefined ? '' : ` [default: ${without}]`;
}

/** Without the backticks of Markdown, which a terminal would show. */
function entry(name: string, text: string): string {
  return [`  ${name}`, ...wrap(text.replaceAll('`', ''), indent)].join('\n');
}

function wrap(text: string, by: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && by + line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${' '.repeat(by)}${each}`);
}

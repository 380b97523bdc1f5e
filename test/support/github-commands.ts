/** Reads what a step tells the GitHub runner (actions/runner, ActionCommand.cs, FileCommandManager.cs). */
export interface GitHubCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** `::name k=v,k=v::data` at the start of a line after blanks, and the old `##[name k=v;k=v]data` anywhere in it. */
export function readGitHubCommands(output: string): readonly GitHubCommand[] {
  return output.split(/\r\n|\n|\r/).flatMap((line) => {
    const [, now, nowData] = /^\s*::(.*?)::(.*)$/.exec(line) ?? [];
    if (now !== undefined && nowData !== undefined) return [command(now, ',', nowData)];
    const [, old, oldData] = /##\[(.*?)\](.*)$/.exec(line) ?? [];
    return old !== undefined && oldData !== undefined ? [command(old, ';', oldData)] : [];
  });
}

function command(head: string, separator: ',' | ';', data: string): GitHubCommand {
  const blank = head.indexOf(' ');
  const properties = blank < 0 ? [] : head.slice(blank + 1).split(separator);
  return {
    name: blank < 0 ? head : head.slice(0, blank),
    properties: Object.fromEntries(
      properties.flatMap((property) => {
        const equals = property.indexOf('=');
        return equals < 0 ? [] : [[property.slice(0, equals).trim(), unescapeText(property.slice(equals + 1))]];
      }),
    ),
    data: unescapeText(data),
  };
}

function unescapeText(text: string): string {
  const meanings: Readonly<Record<string, string>> = { '0D': '\r', '0A': '\n', '3A': ':', '2C': ',', '25': '%' };
  return text.replace(/%(0D|0A|3A|2C|25)/g, (_, code: string) => meanings[code] ?? '');
}

/**
 * The file behind `GITHUB_OUTPUT`: `NAME=VALUE`, or `NAME<<DELIMITER`, lines, `DELIMITER`. Throws where the runner
 * does.
 */
export function readOutputFile(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = text.split(/\r\n|\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const [, name, sign, rest] = /^(.*?)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined || name === '') throw new Error(`not an output: ${line}`);
    if (sign === '=') {
      outputs[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, index + 1);
    if (end < 0) throw new Error(`the value of ${name} has no end: ${rest} is missing`);
    outputs[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return outputs;
}

/** Reads `##vso[...]` as the agent does (microsoft/azure-pipelines-agent, src/Agent.Sdk/Util/Command.cs). */
export interface AzureCommand {
  /** `task.setvariable`. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const prefix = '##vso[';

/** The agent looks for one command anywhere in each line; the rest of the line is its data. */
export function readAzureCommands(output: string): readonly AzureCommand[] {
  return output.split(/\r\n|\n|\r/).flatMap((line) => {
    const start = line.indexOf(prefix);
    const end = start < 0 ? -1 : line.indexOf(']', start);
    if (end < 0) return [];
    const head = line.slice(start + prefix.length, end);
    const blank = head.indexOf(' ');
    const name = blank < 0 ? head : head.slice(0, blank);
    if (name.split('.').filter((part) => part !== '').length !== 2) return [];
    const properties = blank < 0 ? [] : head.slice(blank + 1).split(';');
    return [
      {
        name: name.toLowerCase(),
        properties: Object.fromEntries(
          properties.flatMap((property) => {
            const equals = property.indexOf('=');
            return equals < 0 ? [] : [[property.slice(0, equals).trim(), unescapeProperty(property.slice(equals + 1))]];
          }),
        ),
        data: unescapeData(line.slice(end + 1)),
      },
    ];
  });
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%5D', ']').replaceAll('%3B', ';'));
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%AZP25', '%');
}

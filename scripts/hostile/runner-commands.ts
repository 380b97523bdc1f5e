/** What of an output a runner would obey. */

/** Commands that chart-images itself gives; what a stranger's text gives is none of them. */
const own =
  /^(?:::(?:error|warning|notice) (?:[a-zA-Z]+=[^,:]*,)*title=chart-images|::(?:debug|add-mask|endgroup)::|::group::)/;

/** Texts of commands that a runner would obey and chart-images did not give. */
export function strangeCommands(output: string): readonly string[] {
  const lines = output.split(/\r\n|\r|\n/);
  return lines
    .filter((line) => /^\s*::[a-z-]+[ :]/i.test(line) || /##(?:vso)?\[/i.test(line))
    .filter((line) => !own.test(line.trimStart()));
}

/** A runner would do what a stranger's text says. */
export class ObeyedCommand extends Error {
  constructor(lines: readonly string[]) {
    super(
      `a runner would obey: ${lines
        .slice(0, 3)
        .map((line) => JSON.stringify(line.slice(0, 200)))
        .join(', ')}`,
    );
  }
}

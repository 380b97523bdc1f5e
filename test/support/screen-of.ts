/** What a person sees after a terminal got these bytes: the sequences of ECMA-48 that drawings use, and no others. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences begin with a control character
const sequence = /^\u001b\[(\??)(\d*)([A-Za-z])/;

export function screenOf(written: string): readonly string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  const put = (text: string): void => {
    const line = (lines[row] ?? '').padEnd(column);
    lines[row] = line.slice(0, column) + text + line.slice(column + text.length);
    column += text.length;
  };
  for (let rest = written; rest !== ''; ) {
    const found = sequence.exec(rest);
    if (found) {
      const [whole, isPrivate, number, final] = found;
      const count = number === '' ? 1 : Number(number);
      if (isPrivate === '?' || final === 'm') {
        // Modes and colors show nothing.
      } else if (final === 'A') row = Math.max(0, row - count);
      else if (final === 'B') row += count;
      else if (final === 'G') column = count - 1;
      else if (final === 'K' && number === '2') lines[row] = '';
      else if (final === 'K') lines[row] = (lines[row] ?? '').slice(0, column);
      else if (final === 'J') lines.length = row + 1;
      else throw new Error(`unknown sequence ${JSON.stringify(whole)}`);
      rest = rest.slice(whole.length);
      continue;
    }
    const [character = ''] = rest;
    if (character === '\n') {
      row += 1;
      column = 0;
    } else if (character === '\r') column = 0;
    else put(character);
    lines[row] ??= '';
    rest = rest.slice(1);
  }
  return lines.map((line) => line.trimEnd());
}

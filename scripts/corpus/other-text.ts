/**
 * Another text of the same length and form, for values that a chart checks: other digits and other letters. Kept are
 * separators, zeros, the `v` of a version, and the name of a digest's algorithm; a digest stays one.
 */
export function otherText(text: string, attempt: number): string {
  return text.replaceAll(/sha256(?=[:@]|$)|[0-9a-f]{32,}|(?<![A-Za-z])v(?=\d)|[A-Za-z1-9]/g, (found) => {
    if (found === 'sha256' || (found === 'v' && text !== 'v')) return found;
    const letters = found.length > 1 ? 6 : 26;
    return [...found].map((character) => otherCharacter(character, attempt + 1, letters)).join('');
  });
}

function otherCharacter(character: string, step: number, letters: number): string {
  const code = character.charCodeAt(0);
  if (character === '0') return character;
  if (/\d/.test(character)) return String(((code - 49 + step) % 9) + 1);
  const first = character <= 'Z' ? 65 : 97;
  return String.fromCharCode(first + ((code - first + step) % letters));
}

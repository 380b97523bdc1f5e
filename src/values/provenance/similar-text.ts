/**
 * Another text of the same length and form, for a value whose length or pattern a chart checks: other digits, other
 * letters. What gives a text its kind stays: separators, zeros, the `v` of a version, the name of a digest algorithm.
 */
export function similarText(text: string, step: number): string {
  const isHex = /(?<![0-9a-z])[0-9a-f]{32,}(?![0-9a-z])/.test(text);
  return text.replaceAll(/sha(?:256|512)(?=[:@]|$)|(?<![A-Za-z])v(?=\d)|[A-Za-z1-9]/g, (found) => {
    return found.length > 1 || (found === 'v' && !isHex) ? found : rotated(found, step, isHex);
  });
}

function rotated(character: string, step: number, isHex: boolean): string {
  const code = character.charCodeAt(0);
  if (/\d/.test(character)) return String(((code - 49 + step) % 9) + 1);
  const first = character <= 'Z' ? 65 : 97;
  return String.fromCharCode(first + ((code - first + step) % (isHex && code - first < 6 ? 6 : 26)));
}

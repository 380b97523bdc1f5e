/** Another text of the same length and form, for values that a chart checks: other digits and other letters. */
export function otherText(text: string, attempt: number): string {
  const isHex = /^(?:sha256:)?[0-9a-f]{32,}$/.test(text);
  const start = text.startsWith('sha256:') ? 'sha256:'.length : 0;
  let result = text.slice(0, start);
  for (let at = start; at < text.length; at += 1) {
    const isKept = /^(?:v\d|sha256\b)/.test(text.slice(at)) || /(?:^|[^a-z])sha(?:2(?:56?)?)?$/.test(text.slice(0, at));
    const character = text[at] ?? '';
    result += isKept ? character : otherCharacter(character, attempt + 1, isHex);
  }
  return result;
}

function otherCharacter(character: string, step: number, isHex: boolean): string {
  const code = character.charCodeAt(0);
  // Not zero, which no number starts with.
  if (/[1-9]/.test(character)) return String(((code - 49 + step) % 9) + 1);
  const letters = isHex ? 6 : 26;
  if (/[a-z]/.test(character)) return String.fromCharCode(97 + ((code - 97 + step) % letters));
  if (/[A-Z]/.test(character)) return String.fromCharCode(65 + ((code - 65 + step) % letters));
  return character;
}

/**
 * A text without the characters at its end that `characters` lists. A regexp of the form `x+$` looks at the same run once
 * from each of its characters, so that a chart's run of a hundred thousand costs seconds; this looks once.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

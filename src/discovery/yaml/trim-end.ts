/**
 * Removes `characters` from the end. A pattern `x+$` takes quadratic time for a long run, and a chart controls the
 * text.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/**
 * Control characters (terminal sequences, line ends), invisible characters (bidirectional overrides, zero-width
 * characters, fillers), line separators and lone surrogates: none may reach the output from a chart or a registry.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu;

/** The text on one line, without characters that a terminal, a browser or a table interprets instead of showing. */
export function toSingleLine(text: string): string {
  return text.replace(unprintable, ' ').trim();
}

/** At most `limit` characters, with `…` in place of the rest. Never splits a surrogate pair. */
export function truncate(text: string, limit: number): string {
  // The cheap test first: a text has at least as many UTF-16 units as characters.
  if (text.length <= limit) return text;
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, Math.max(limit - 1, 0)).join('')}…`;
}

/** The first line, at most `limit` characters of it, and ` …` in place of the rest. */
export function firstLine(text: string, limit: number): string {
  const [line = ''] = text.split('\n', 1);
  const shown = truncate(line, limit);
  return shown === line && line !== text ? `${line} …` : shown;
}

/** `1 image`, `2 images`. */
export function pluralize(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** The first `limit` texts, joined by `separator`, and the number of the others: `a, b and 3 more`. */
export function joinWithLimit(texts: readonly string[], limit: number, separator = ', '): string {
  const shown = texts.slice(0, limit).join(separator);
  const rest = texts.length - limit;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/**
 * Removes `characters` from the end. A pattern `x+$` takes quadratic time for a long run, and a chart controls the
 * text.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

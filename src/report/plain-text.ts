/**
 * Control characters (terminal sequences, line ends), what no reader sees (bidirectional overrides, zero-width characters,
 * fillers), line separators and lone surrogates: none may reach a reader from a chart or a registry.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu;

/** The text on one line, without anything that a terminal, a browser or a table would act on instead of showing. */
export function oneLine(text: string): string {
  return text.replace(unprintable, ' ').trim();
}

/** At most `limit` characters; what is cut shows as `…`. Never cuts a surrogate pair in two. */
export function shorten(text: string, limit: number): string {
  // The cheap test first: UTF-16 units are never fewer than characters.
  if (text.length <= limit) return text;
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, Math.max(limit - 1, 0)).join('')}…`;
}

/** `1 image`, `2 images`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** The first `limit` texts joined by `separator`; the rest is counted: `a, b and 3 more`. */
export function listed(texts: readonly string[], limit: number, separator = ', '): string {
  const shown = texts.slice(0, limit).join(separator);
  const rest = texts.length - limit;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

const units = ['MB', 'GB', 'TB'] as const;

/** Decimal units, as registries and disks are sold by: `999 B`, `12.3 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let amount = bytes / 1000;
  let unit = 'kB';
  for (const larger of units) {
    // From here on one decimal would round up to 1000.0.
    if (amount < 999.95) break;
    amount /= 1000;
    unit = larger;
  }
  return `${amount.toFixed(1)} ${unit}`;
}

const pairs = [
  ['{{', '}}'],
  ['[[', ']]'],
] as const;

const forms: readonly RegExp[] = [
  // Istio's injection webhook replaces this word with its proxy image.
  /^auto$/,
  /###[^#]+###/,
  /<[^<>]+>/,
  /\$\{[^{}]+\}|\$\([^()]+\)/,
];

/** True for text that was meant to be replaced: `auto`, `{{ x }}`, `[[ x ]]`, `###X###`, `<x>`, `${X}`, `$(X)`. */
export function isPlaceholder(text: string): boolean {
  const word = text.trim();
  return forms.some((form) => form.test(word)) || pairs.some(([open, close]) => hasPair(word, open, close));
}

function hasPair(text: string, open: string, close: string): boolean {
  const start = text.indexOf(open);
  return start >= 0 && text.lastIndexOf(close) > start;
}

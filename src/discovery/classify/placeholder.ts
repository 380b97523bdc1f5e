const pairs = [
  ['{{', '}}'],
  ['[[', ']]'],
] as const;

const forms: readonly RegExp[] = [
  // istio's sidecar and gateway injection replaces this word by its proxy when the pod is admitted.
  /^auto$/,
  /###[^#]+###/,
  /<[^<>]+>/,
  /\$\{[^{}]+\}|\$\([^()]+\)/,
];

/** True for text that something was meant to replace and nothing did: `auto`, `{{ x }}`, `[[ x ]]`, `###X###`, `<x>`, `${X}`, `$(X)`. */
export function isPlaceholder(text: string): boolean {
  const word = text.trim();
  return forms.some((form) => form.test(word)) || pairs.some(([open, close]) => hasPair(word, open, close));
}

function hasPair(text: string, open: string, close: string): boolean {
  const start = text.indexOf(open);
  return start >= 0 && text.lastIndexOf(close) > start;
}

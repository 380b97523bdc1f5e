const forms: readonly RegExp[] = [
  // istio's sidecar and gateway injection replaces this word by its proxy when the pod is admitted.
  /^auto$/,
  /\{\{[\s\S]*\}\}|\[\[[\s\S]*\]\]/,
  /###[^#]+###/,
  /<[^<>]+>/,
  /\$\{[^{}]+\}|\$\([^()]+\)/,
];

/** True for text that something was meant to replace and nothing did: `auto`, `{{ x }}`, `[[ x ]]`, `###X###`, `<x>`, `${X}`, `$(X)`. */
export function isPlaceholder(text: string): boolean {
  return forms.some((form) => form.test(text));
}

import { toSingleLine } from '../../core/text.ts';

/**
 * Escapes untrusted text for a quoted Mermaid label. All characters except letters, digits and spaces become codes
 * (`#35;`), which Mermaid decodes only after it has parsed the diagram, Markdown and icons, so no label can end, link
 * or add HTML.
 */
export function escapeMermaid(text: string): string {
  return toSingleLine(text).replace(/[^a-zA-Z0-9 ]/gu, (character) => `#${character.codePointAt(0)};`);
}

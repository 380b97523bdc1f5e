import { toSingleLine } from '../../core/text.ts';

/**
 * Text for a quoted label of a Mermaid diagram. All but letters, digits and blanks are character codes of Mermaid (`#35;`),
 * which it turns back only after it has read the diagram, the Markdown of the label and the names of icons: nothing in a
 * label can end it, link, format or add HTML. Also what a Markdown block reads is among them, so no label ends the block.
 */
export function escapeMermaid(text: string): string {
  return toSingleLine(text).replace(/[^a-zA-Z0-9 ]/gu, (character) => `#${character.codePointAt(0)};`);
}

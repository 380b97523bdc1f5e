import type { Section } from './fit-sections.ts';

/**
 * The head and tail of a part that opens with a click; GitHub and Azure DevOps both take `<details>`. `title` is put into HTML
 * as it is: never a text from outside.
 */
export function collapsible(title: string): Pick<Section, 'head' | 'tail'> {
  return { head: `\n<details><summary>${title}</summary>\n\n`, tail: '\n</details>\n' };
}

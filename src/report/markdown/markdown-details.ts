import type { Section } from './fit-sections.ts';

/**
 * A collapsible section: GitHub and Azure DevOps support `<details>`. `title` is not escaped, so it must not contain
 * external text.
 */
export function collapsible(title: string): Pick<Section, 'head' | 'tail'> {
  return { head: `\n<details><summary>${title}</summary>\n\n`, tail: '\n</details>\n' };
}

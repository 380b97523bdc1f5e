import { toSingleLine } from '../../core/text.ts';
import type { Report } from '../model/report.ts';
import { codeSpan } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { collapsible } from './markdown-details.ts';

/** What a chart's part of an AOSM network function definition takes, ready to paste: `"registryValuesPaths": ["a.b"]`. */
export function registryValuesText(paths: readonly string[]): string {
  return toSingleLine(`"registryValuesPaths": ${JSON.stringify(paths)}`);
}

/** The lines of all charts, folded: only some readers need them, and those look for them. */
export function registryValuesSections({ registryValues }: Pick<Report, 'registryValues'>): readonly Section[] {
  const known = registryValues.filter(({ paths }) => paths.length > 0);
  if (known.length === 0) return [];
  // No line of the block begins with a fence, so nothing in it can end it.
  const entries = known.map(
    ({ chartPath, paths }) => `${codeSpan(chartPath)}\n\n\`\`\`json\n${registryValuesText(paths)}\n\`\`\`\n`,
  );
  return [{ ...collapsible('Values that set the registry (AOSM registryValuesPaths)'), entries }];
}

import { toSingleLine } from '../../core/text.ts';
import type { Report } from '../model/report.ts';
import { codeSpan } from './escape-markdown.ts';
import type { Section } from './fit-sections.ts';
import { collapsible } from './markdown-details.ts';

/** `"registryValuesPaths": ["a.b"]`, to paste into an AOSM network function definition. */
export function registryValuesText(paths: readonly string[]): string {
  return toSingleLine(`"registryValuesPaths": ${JSON.stringify(paths)}`);
}

/** Collapsed, because only AOSM users need it. */
export function registryValuesSections({ registryValues }: Pick<Report, 'registryValues'>): readonly Section[] {
  const known = registryValues.filter(({ paths }) => paths.length > 0);
  if (known.length === 0) return [];
  // No line starts with a fence, so no value can end the block.
  const entries = known.map(
    ({ chartPath, paths }) => `${codeSpan(chartPath)}\n\n\`\`\`json\n${registryValuesText(paths)}\n\`\`\`\n`,
  );
  return [{ ...collapsible('Values that set the registry (AOSM registryValuesPaths)'), entries }];
}

import { parseTemplateReference } from '../../core/oci/reference.ts';
import { isPlaceholder } from '../classify/placeholder.ts';
import type { ImageUse } from '../image-use.ts';

/** The line of a use and the previous line. */
export interface LineContext {
  readonly line: string;
  readonly before: string;
}

/** Files that Helm prints only with `--include-crds`, which az aosm does not set (`chart/charts/sub/crds/a.yaml`). */
export function isCrdFile(template: string): boolean {
  return /^[^/]+(?:\/charts\/[^/]+)*\/crds\//.test(template);
}

/** The property of the reference or of its line that the rule does not support. */
export function whyNotRead({ image, path, template }: ImageUse, { line, before }: LineContext): string {
  const parsed = parseTemplateReference(image);
  if (isCrdFile(template)) return 'It is in the folder crds, which az aosm does not render.';
  if (!line.includes(image)) return 'It is split over several fields, so no line contains the whole reference.';
  if (!line.includes('image:')) {
    if (/image:\s*(?:[|>][-+0-9]*)?$/.test(before.trimEnd())) return 'It is on the line after its key.';
    if (/image["']\s*:/.test(line)) return 'Its key is quoted, and the rule searches for "image:".';
    return `It is at ${path}, and the rule reads only lines with "image:".`;
  }
  if (!image.includes('/')) return 'It has no slash, and the rule reads the text after the first slash.';
  if (parsed.ok && parsed.value.digest !== undefined) return 'The rule reads its digest as name and tag.';
  if (parsed.ok && parsed.value.tag === undefined) return 'It has no tag, and the rule requires a colon and a tag.';
  if (line.split('image:').length > 2) return 'The rule reads only the first image of a line.';
  if (line.includes(`'${image}'`))
    return 'It is in single quotes, and the rule reads the closing quote as part of the tag.';
  if (line.indexOf('/') < line.indexOf(image)) return 'Its line has another slash before it.';
  return 'The rule reads the text after it as part of the tag.';
}

export function whyInvented(line: string): string {
  const text = line.trim();
  if (text.startsWith('#')) return 'The line is a comment.';
  if (isPlaceholder(text.replace(/^.*?image:/, ''))) return 'The line has a placeholder that was not replaced.';
  return 'The line contains "image:", but no image.';
}

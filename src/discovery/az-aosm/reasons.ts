import { parseReference } from '../../core/oci/reference.ts';
import { isPlaceholder } from '../classify/placeholder.ts';
import type { ImageUse } from '../image-use.ts';

/** The line of a use, and the one before it. */
export interface LineContext {
  readonly line: string;
  readonly before: string;
}

/** Why the rule does not read the image at this place: what of the reference or of its line is not made for it. */
export function whyNotRead({ image, path }: ImageUse, { line, before }: LineContext): string {
  const parsed = parseReference(image);
  if (!line.includes(image)) return 'It is put together from several fields, and no line has it as a whole.';
  if (!line.includes('image:')) {
    if (/image:\s*(?:[|>][-+0-9]*)?$/.test(before.trimEnd())) return 'It stands on the line after its key.';
    if (/image["']\s*:/.test(line)) return 'Its key is quoted, and the rule looks for "image:".';
    return `It stands at ${path}, and the rule reads only lines with "image:".`;
  }
  if (!image.includes('/')) return 'It has no slash, and the rule takes what follows the first one.';
  if (parsed.ok && parsed.value.digest !== undefined) return 'The rule takes its digest for name and tag.';
  if (parsed.ok && parsed.value.tag === undefined) return 'It has no tag, and the rule wants a colon and a tag.';
  if (line.split('image:').length > 2) return 'The rule reads only the first image of a line.';
  if (line.includes(`'${image}'`))
    return 'It stands in single quotes, and the rule takes the last one for a part of the tag.';
  if (line.indexOf('/') < line.indexOf(image)) return 'Another slash comes before it on its line.';
  return 'The rule takes what follows it on its line for a part of the tag.';
}

/** Why the rule reads an image where there is none. */
export function whyInvented(line: string): string {
  const text = line.trim();
  if (text.startsWith('#')) return 'The line is a comment.';
  if (isPlaceholder(text.replace(/^.*?image:/, ''))) return 'The line has a placeholder that nothing filled in.';
  return 'The line has the word "image:" and names no image.';
}

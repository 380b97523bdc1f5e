import { type DiscoveredImage, formatObjectName, type ImageUse, templateOf } from '../discovery/image-use.ts';

/** Maximum of listed names. The rest is counted. */
const namesShown = 5;

/** `a`, `a and b`, `a, b and 7 more`. */
export function joinNames(names: readonly string[]): string {
  const shown = names.length > namesShown ? names.slice(0, namesShown) : names;
  const hidden = names.length - shown.length;
  const parts = hidden > 0 ? [...shown, `${hidden} more`] : shown;
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** `contoso/templates/a.yaml (Deployment contoso-a)` and the number of other uses. */
export function formatUses(image: DiscoveredImage): string {
  const [first, ...others] = image.uses;
  if (first === undefined) return 'no template';
  const more = others.length === 0 ? '' : ` and ${others.length} more ${others.length === 1 ? 'place' : 'places'}`;
  return `${formatUse(first)}${more}`;
}

/** `contoso/templates/a.yaml (Deployment contoso-a)`. */
export function formatUse(use: ImageUse): string {
  return `${templateOf(use)} (${formatObjectName(use)})`;
}

/** For use inside another sentence. */
export function stripFullStop(sentence: string): string {
  return sentence.trim().replace(/\.$/, '');
}

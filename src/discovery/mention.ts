import { partsOf } from './likeness.ts';
import { isUnmistakable, isVersionedPath } from './shape.ts';

/** Words that the name of an image, or of a part of its reference, has. */
const words = /image|repository|registry|containers/i;

/**
 * False for a text that no rule can see an image in: it has neither such a word nor a reference that needs none. Most
 * texts (dashboards, certificates, scripts) are that, and this look costs a fraction of parsing them.
 */
export function mayNameImage(text: string): boolean {
  return words.test(text) || partsOf(text).some((part) => isUnmistakable(part) || isVersionedPath(part));
}

/** The same for texts that mention images without naming one, as queries of dashboards do (`image!=""`): a name needs a value. */
export function mayAssignImage(text: string): boolean {
  return assignment.test(text) || partsOf(text).some((part) => isUnmistakable(part) || isVersionedPath(part));
}

const assignment = /(?:image|repository)[\w.-]{0,40}["']?\s*(?::|=(?![~=]))/i;

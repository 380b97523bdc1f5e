import { partsOf } from './image-value.ts';
import { isUnambiguous, isVersionedPath } from './reference-form.ts';

/** Words that the name of an image, or of a part of its reference, has. */
const words = /image|repository|registry|containers/i;

/**
 * False for a text that no rule can see an image in: it has neither such a word nor a reference that needs none. Most
 * texts (dashboards, certificates, scripts) are that, and this look costs a fraction of parsing them.
 */
export function mayContainImage(text: string): boolean {
  return words.test(text) || partsOf(text).some((part) => isUnambiguous(part) || isVersionedPath(part));
}

/** The same for texts that mention images without naming one, as queries of dashboards do (`image!=""`): a name needs a value. */
export function mayContainImageAssignment(text: string): boolean {
  return assignment.test(text) || partsOf(text).some((part) => isUnambiguous(part) || isVersionedPath(part));
}

const assignment = /(?:image|repository)[\w.-]{0,40}["']?\s*(?::|=(?![~=]))/i;

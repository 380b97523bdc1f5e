import { partsOf, registryTransport } from './image-value.ts';
import { isUnambiguous, isVersionedPath } from './reference-form.ts';

/** Words in the names of images and of reference parts. */
const words = /image|repository|registry|containers/i;

/**
 * False for a text in which no rule can find an image: it has none of the words, and no unambiguous reference. Most
 * texts (dashboards, certificates, scripts) are skipped this way, which is much faster than parsing.
 */
export function mayContainImage(text: string): boolean {
  return (
    words.test(text) ||
    text.includes(registryTransport) ||
    partsOf(text).some((part) => isUnambiguous(part) || isVersionedPath(part))
  );
}

/** As `mayContainImage`, but requires a value, because queries of dashboards mention images too (`image!=""`). */
export function mayContainImageAssignment(text: string): boolean {
  return (
    assignment.test(text) ||
    text.includes(registryTransport) ||
    partsOf(text).some((part) => isUnambiguous(part) || isVersionedPath(part))
  );
}

const assignment = /(?:image|repository)[\w.-]{0,40}["']?\s*(?::|=(?![~=]))/i;

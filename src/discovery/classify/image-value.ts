import { isEmbeddedDocument } from './document-text.ts';
import { classifyFieldName, type FieldMeaning } from './field-name.ts';
import { imageMatch, type RuleMatch } from './match.ts';
import type { NamedValue } from './named-value.ts';
import { classifyReference, isPort, isUnambiguous, isVersionedPath } from './reference-form.ts';

/**
 * How much a place says by itself. In a `container` the field is an image whatever it holds; a `field` is an operator's
 * own; `text` stands in a document that something else carries, where `image` may also mean a picture.
 */
export type ValueContext = 'container' | 'field' | 'text';

/** True when a whole value is a reference, going by its name and its shape together. */
export function isImageValue(text: string, meaning: FieldMeaning, surroundings: ValueContext): boolean {
  if (meaning === 'not-image') return false;
  if (meaning !== 'image') return isUnambiguous(text) || isVersionedPath(text);
  const shape = classifyReference(text);
  switch (shape) {
    case undefined:
      return false;
    case 'registry-tagged':
    case 'path-tagged':
    case 'registry-bare':
      return true;
    case 'name-tagged':
      return !isPort(text.slice(text.indexOf(':') + 1));
    case 'path-bare':
      return surroundings !== 'text';
    case 'name-bare':
      return surroundings === 'container';
    default:
      return shape satisfies never;
  }
}

/**
 * The references in a value: the value itself, or the parts of a list (`a,b`), of a map (`1.0=a`) over one or several
 * lines, or of JSON. A part needs more of its own than a whole value does.
 */
export function imagesInValue(text: string, meaning: FieldMeaning, surroundings: ValueContext): readonly string[] {
  if (meaning === 'not-image') return [];
  const whole = text.trim();
  if (isImageValue(whole, meaning, surroundings)) return [whole];
  return partsOf(whole).filter((part) => isImagePart(part, meaning));
}

/** The same, but a text that is a document is left to those who read documents: they know its fields and its prose. */
export function imagesInPlainValue(text: string, meaning: FieldMeaning, surroundings: ValueContext): readonly string[] {
  const images = imagesInValue(text, meaning, surroundings);
  // Parsing is dear, and most values hold nothing to leave.
  return images.length > 0 && isEmbeddedDocument(text, meaning) ? [] : images;
}

/** The images that a flag names; what it carries is not read as a document. */
export function imagesInNamedValue({ name, text, position }: NamedValue): readonly RuleMatch[] {
  return imagesInValue(text, classifyFieldName(name), 'field').map((image) => imageMatch(image, position));
}

function isImagePart(part: string, meaning: FieldMeaning): boolean {
  return (
    isUnambiguous(part) ||
    (meaning === 'image' && (classifyReference(part) === 'registry-tagged' || isVersionedPath(part)))
  );
}

const separators = /[\s,;|&"'`{}[\]()<>=\\]+/;

/** The parts that can be a reference at all: with a slash, and a colon or an at sign. URLs stay whole, and are none. */
export function partsOf(text: string): readonly string[] {
  if (!text.includes('/')) return [];
  return text.split(separators).filter((part) => part.includes('/') && /[:@]/.test(part));
}

import { isEmbeddedDocument } from './document-text.ts';
import { classifyFieldName, type FieldMeaning } from './field-name.ts';
import { imageMatch, type RuleMatch } from './match.ts';
import type { NamedValue } from './named-value.ts';
import { classifyReference, hasPlaceholderRegistry, isPort, isUnambiguous, isVersionedPath } from './reference-form.ts';

/**
 * How much a position means: in a `container`, the field is always an image; a `field` belongs to an operator; `text`
 * is in an embedded document, in which `image` can also be a picture.
 */
export type ValueContext = 'container' | 'field' | 'text';

/** True if the whole value is a reference, based on its name and its form. */
export function isImageValue(text: string, meaning: FieldMeaning, context: ValueContext): boolean {
  if (meaning === 'not-image') return false;
  if (meaning !== 'image') return isUnambiguous(text) || isVersionedPath(text);
  const form = classifyReference(text);
  switch (form) {
    case undefined:
      return hasPlaceholderRegistry(text, context);
    case 'registry-tagged':
    case 'path-tagged':
    case 'registry-bare':
      return true;
    case 'name-tagged':
      return !isPort(text.slice(text.indexOf(':') + 1));
    case 'path-bare':
      return context !== 'text';
    case 'name-bare':
      return context === 'container';
    default:
      return form satisfies never;
  }
}

/**
 * The references in a value: the value itself, or the parts of a list (`a,b`), of a map (`1.0=a`), or of JSON. A part
 * needs stronger evidence than a whole value.
 */
export function imagesInValue(text: string, meaning: FieldMeaning, context: ValueContext): readonly string[] {
  if (meaning === 'not-image') return [];
  const whole = text.trim();
  if (whole.startsWith(registryTransport)) return transportedImages(whole);
  if (isImageValue(whole, meaning, context)) return [whole];
  return partsOf(whole).filter((part) => isImagePart(part, meaning));
}

/** As `imagesInValue`, except for embedded documents, which are scanned by field. */
export function imagesInPlainValue(text: string, meaning: FieldMeaning, context: ValueContext): readonly string[] {
  const images = imagesInValue(text, meaning, context);
  // Parses only if needed, because it is slow.
  return images.length > 0 && isEmbeddedDocument(text, meaning) ? [] : images;
}

/**
 * How skopeo, podman and others write an image of a registry: `docker://r.example/app:1` (containers-transports(5)).
 */
export const registryTransport = 'docker://';

/** A value that says by its transport that it is an image. Container IDs are written alike, without a tag. */
function transportedImages(value: string): readonly string[] {
  const image = value.slice(registryTransport.length);
  return isImageValue(image, 'image', 'field') ? [image] : [];
}

/** The images in the value of a flag, which is never an embedded document. */
export function imagesInNamedValue({ name, text, position }: NamedValue): readonly RuleMatch[] {
  // The flag before a source may have no value: `--insecure-policy docker://r.example/app:1`.
  const meaning = text.startsWith(registryTransport) ? 'nothing' : classifyFieldName(name);
  return imagesInValue(text, meaning, 'field').map((image) => imageMatch(image, position));
}

function isImagePart(part: string, meaning: FieldMeaning): boolean {
  return (
    isUnambiguous(part) ||
    (meaning === 'image' && (classifyReference(part) === 'registry-tagged' || isVersionedPath(part)))
  );
}

const separators = /[\s,;|&"'`{}[\]()<>=\\]+/;

/** The parts with a slash, and a colon or an at sign. URLs are one part, so they do not match. */
export function partsOf(text: string): readonly string[] {
  if (!text.includes('/')) return [];
  return text.split(separators).filter((part) => part.includes('/') && /[:@]/.test(part));
}

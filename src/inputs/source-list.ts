import { ChartImagesError, throwTogether } from '../errors.ts';
import type { Source } from '../resolution/source.ts';
import type { DocumentPath, InputDocument } from './document.ts';
import { quote } from './faults.ts';
import { readSource } from './read-registries.ts';

/** The sources that a list of a file names. Errors: `schema`, all bad entries together, each at its place. */
export function readSourceList(
  texts: readonly string[],
  path: DocumentPath,
  document: InputDocument,
): readonly Source[] {
  const sources: Source[] = [];
  const errors: ChartImagesError[] = [];
  for (const [index, text] of texts.entries()) {
    const parsed = readSource(text);
    if (parsed.ok) sources.push(parsed.value);
    else errors.push(sourceFault(text, parsed.reason, [...path, index], document));
  }
  throwTogether(errors);
  return sources;
}

export function sourceFault(
  text: string,
  reason: string,
  path: DocumentPath,
  document: InputDocument,
): ChartImagesError {
  const place = document.placeOf(path);
  const shown = text === '' ? 'an empty registry' : quote(text);
  return new ChartImagesError('schema', `${place.file} names ${shown} as a source: ${reason}.`, {
    advice: 'Write a registry with an optional namespace, such as "myregistry.azurecr.io" or "ghcr.io/contoso".',
    place,
  });
}

import { ChartImagesError, throwAll } from '../core/errors.ts';
import type { Source } from '../resolve/image-source.ts';
import { quote } from './input-errors.ts';
import type { DocumentPath, ParsedFile } from './parsed-file.ts';
import { readSource } from './read-registries.ts';

/** Reads a list of sources in a file. Throws `schema` for all invalid entries together, each with its location. */
export function readSourceList(texts: readonly string[], path: DocumentPath, document: ParsedFile): readonly Source[] {
  const sources: Source[] = [];
  const errors: ChartImagesError[] = [];
  for (const [index, text] of texts.entries()) {
    const parsed = readSource(text);
    if (parsed.ok) sources.push({ ...parsed.value, location: document.locationOf([...path, index]) });
    else errors.push(sourceError(text, parsed.reason, [...path, index], document));
  }
  throwAll(errors);
  return sources;
}

export function sourceError(text: string, reason: string, path: DocumentPath, document: ParsedFile): ChartImagesError {
  const location = document.locationOf(path);
  const shown = text === '' ? 'an empty registry' : quote(text);
  return new ChartImagesError('schema', `${location.file} has the invalid source ${shown}: ${reason}.`, {
    advice: 'Write a registry with an optional namespace, such as "myregistry.azurecr.io" or "ghcr.io/contoso".',
    location,
  });
}

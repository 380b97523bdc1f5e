import { ChartImagesError } from '../core/errors.ts';
import type { Source } from '../resolve/image-source.ts';
import type { CnfInput } from './cnf-schema.ts';
import type { DocumentPath, ParsedFile } from './parsed-file.ts';
import { readSource } from './read-registries.ts';
import { readSourceList, sourceError } from './source-list.ts';

export interface CnfSources {
  readonly sources: readonly Source[];
  readonly warnings: readonly string[];
}

/** The sources of a cnf-input file, including legacy forms. Throws `schema`, at the entry. */
export function readCnfSources(input: CnfInput, document: ParsedFile): CnfSources {
  const { file } = document.locationOf([]);
  if (input.image_sources !== undefined) {
    const unused = input.images === undefined ? [] : [`${file}: "images" is not used because "image_sources" is set.`];
    return { sources: readSourceList(input.image_sources, ['image_sources'], document), warnings: unused };
  }
  const early = legacyImages(input);
  if (early === undefined) {
    throw new ChartImagesError('schema', `${file} is missing image_sources.`, {
      advice: 'Add "image_sources": a list of registries with optional namespaces, such as ["myregistry.azurecr.io"].',
      location: document.locationOf([]),
    });
  }
  const source = readEarly(early, document);
  return {
    sources: [source],
    warnings: [
      `${file} uses a legacy format. The current format is "image_sources": [${JSON.stringify(source.text)}].`,
    ],
  };
}

interface LegacyImages {
  readonly path: DocumentPath;
  readonly registry: string;
  readonly namespace: string;
}

function legacyImages({ images, source_registry_id, source_registry_namespace }: CnfInput): LegacyImages | undefined {
  if (images !== undefined) {
    const { source_registry = '', source_registry_namespace: namespace } = images;
    // An image in the local Docker daemon is not in a registry, so it cannot be looked up or copied.
    if (source_registry === '' && (images.source_local_docker_image ?? '') !== '') {
      return { path: ['images', 'source_local_docker_image'], registry: '', namespace: '' };
    }
    return { path: ['images', 'source_registry'], registry: source_registry, namespace: namespace ?? '' };
  }
  if (source_registry_id === undefined) return undefined;
  return { path: ['source_registry_id'], registry: source_registry_id, namespace: source_registry_namespace ?? '' };
}

function readEarly({ path, registry, namespace }: LegacyImages, document: ParsedFile): Source {
  if (path.at(-1) === 'source_local_docker_image') {
    throw new ChartImagesError(
      'schema',
      'images.source_local_docker_image refers to a local Docker image that is not in a registry.',
      {
        advice: 'Push the image to a registry, and add that registry to "image_sources".',
        location: document.locationOf(path),
      },
    );
  }
  const id = /\/registries\/([a-zA-Z0-9]+)/.exec(registry)?.[1];
  if (id !== undefined) {
    throw sourceError(
      registry,
      `it is an Azure resource id, not a login server such as ${id.toLowerCase()}.azurecr.io`,
      path,
      document,
    );
  }
  // az aosm lowercases both, because login servers are lowercase, but portals show names as typed.
  const text = [registry, namespace.replace(/^\/+/, '')]
    .filter((part) => part !== '')
    .join('/')
    .toLowerCase();
  const parsed = readSource(text);
  if (parsed.ok) return { ...parsed.value, location: document.locationOf(path) };
  throw sourceError(text, parsed.reason, path, document);
}

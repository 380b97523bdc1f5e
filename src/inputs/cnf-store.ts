import { ChartImagesError, throwAll } from '../core/errors.ts';
import type { ArtifactStoreRequest } from '../registry/azure/artifact-store.ts';
import type { CnfInput } from './cnf-schema.ts';
import type { ParsedFile } from './parsed-file.ts';

/**
 * The artifact store that a cnf-input file names, with names derived as az aosm derives them
 * (onboarding_nfd_base_input_config.py, `acr_manifest_name`). Errors: `schema` for each key that is missing or not
 * filled in, all together.
 */
export function readCnfStore(input: CnfInput, document: ParsedFile): ArtifactStoreRequest {
  const errors: ChartImagesError[] = [];
  const required = (key: 'publisher_name' | 'acr_artifact_store_name' | 'nf_name' | 'version'): string => {
    const value = input[key];
    if (value) return value;
    errors.push(notFilledIn(key, value === undefined ? 'is missing' : 'has an empty', document));
    return '';
  };
  const publisher = required('publisher_name');
  const store = required('acr_artifact_store_name');
  const name = required('nf_name').toLowerCase().replaceAll('_', '-');
  const version = required('version').replaceAll('.', '-');
  throwAll(errors);
  return {
    publisher,
    resourceGroup: input.publisher_resource_group_name || undefined,
    store,
    manifest: `${name}-acr-manifest-${version}`,
    versionLocation: document.locationOf(['version']),
    storeLocation: document.locationOf(['acr_artifact_store_name']),
  };
}

function notFilledIn(key: string, what: string, document: ParsedFile): ChartImagesError {
  const location = document.locationOf(what === 'is missing' ? [] : [key]);
  return new ChartImagesError('schema', `${location.file} ${what} ${key}, which target: artifact-store requires.`, {
    advice: `Set ${key}.`,
    location,
  });
}

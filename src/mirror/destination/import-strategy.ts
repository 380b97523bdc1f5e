import type { Log } from '../../core/log.ts';
import type { Importer } from '../../registry/azure/importer.ts';
import type { CopyOptions } from '../copy/copy-images.ts';

export type CopyMode = 'auto' | 'stream' | 'import';

export type ImportImage = CopyOptions['importImage'];

/** Import function for the input `copy-mode`. Undefined if all images are streamed. */
export function createImport(mode: CopyMode, importer: Importer, log: Log): ImportImage {
  if (mode === 'stream') return undefined;
  return async ({ image, from, manifest, to, step }) => {
    const existing = step.action === 'copy' && step.replacing ? 'replace' : 'keep';
    const outcome = await importer.import({ from, digest: manifest.digest, to, existing });
    if (outcome.result === 'imported') return 'arrived';
    if (mode === 'import') throw outcome.error;
    const line = `Copying ${image.image} through this machine: ${outcome.error.message}`;
    if (outcome.affects === 'this') log.info(line);
    else log.debug(line);
    return 'to be copied';
  };
}

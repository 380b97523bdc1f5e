import type { Output } from './input.ts';

const table = [
  {
    name: 'images',
    summary: 'JSON list, on one line, of all images with status, source, digest, target, and outcome',
  },
  { name: 'unresolved', summary: 'JSON list of the images that were not found, in the same form' },
  { name: 'image-count', summary: 'Number of different images in the charts' },
  {
    name: 'unresolved-count',
    summary: 'Number of images that were not found: absent, unknown, or, with `resolve: false`, not checked',
  },
  { name: 'copied-count', summary: 'Number of images that this run copied' },
  { name: 'copied-bytes', summary: 'Number of bytes that this run copied' },
  { name: 'report', summary: 'Path of `images.json`. The other report files are in the same folder' },
  { name: 'lock-file', summary: 'Path of the lock file, if one is used' },
] as const satisfies readonly Output[];

export type OutputName = (typeof table)[number]['name'];

/** Every output, in the order of the contract. Azure Pipelines also has camelCase names. */
export const outputs: readonly (Output & { readonly name: OutputName })[] = table;

import type { Output } from './input.ts';

const table = [
  { name: 'images', summary: 'The `images` list of `images.json` as JSON on one line' },
  { name: 'unresolved', summary: 'The references that no source has or that could not be looked up, as a JSON list' },
  { name: 'image-count', summary: 'How many different images the charts name' },
  { name: 'unresolved-count', summary: 'How many of them are not found' },
  { name: 'copied-count', summary: 'How many were copied in this run' },
  { name: 'copied-bytes', summary: 'How many bytes were moved for that' },
  { name: 'report', summary: 'Path of `images.json`' },
  { name: 'lock-file', summary: 'Path of the lock file, when one is in use' },
] as const satisfies readonly Output[];

export type OutputName = (typeof table)[number]['name'];

/** Every output of the contract, in its order. GitHub has the kebab-case names, Azure Pipelines the camelCase ones. */
export const outputs: readonly (Output & { readonly name: OutputName })[] = table;

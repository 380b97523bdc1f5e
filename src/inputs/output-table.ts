import type { Output } from './input.ts';

const table = [
  {
    name: 'images',
    summary: 'Every image with its status, source, digest, target and outcome: a JSON list on one line',
  },
  { name: 'unresolved', summary: 'Those of them that were not found, in the same form' },
  { name: 'image-count', summary: 'How many different images the charts name' },
  {
    name: 'unresolved-count',
    summary: 'How many of them were not found: absent, unknown or, with `resolve: false`, not looked up',
  },
  { name: 'copied-count', summary: 'How many were copied in this run' },
  { name: 'copied-bytes', summary: 'How many bytes were moved for that' },
  { name: 'report', summary: 'Path of `images.json`; the other files of the report lie beside it' },
  { name: 'lock-file', summary: 'Path of the lock file, when one is in use' },
] as const satisfies readonly Output[];

export type OutputName = (typeof table)[number]['name'];

/** Every output of the contract, in its order. GitHub has the kebab-case names, Azure Pipelines the camelCase ones. */
export const outputs: readonly (Output & { readonly name: OutputName })[] = table;

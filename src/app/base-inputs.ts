import { join, relative, resolve } from 'node:path';
import { exists } from '../core/files/exists.ts';
import { globStarts, toGlob } from '../core/files/glob-paths.ts';
import { absolutePath } from '../core/files/path-spelling.ts';
import { once } from '../core/once.ts';
import { noConfig } from '../inputs/read-charts.ts';
import { splitLines } from '../inputs/read-value.ts';
import { type BaseCheckout, pathInCheckout } from '../resolve/diff/base-checkout.ts';
import type { BaseTree } from '../resolve/diff/base-files.ts';
import { isOfOtherCheckout } from '../resolve/diff/other-checkout.ts';
import { findRenames } from '../resolve/diff/renames.ts';

/** Inputs that decide which charts exist and how they are rendered; the first ones are lists of paths. */
const pathInputs = ['charts', 'values', 'input-file', 'config'] as const;
const renderInputs = [
  'set',
  'kube-version',
  'api-versions',
  'namespace',
  'release-name',
  'is-upgrade',
  'skip-schema-validation',
] as const;

/**
 * The inputs of the run with their paths in the files of the base, however they are spelled: charts and values files by
 * the names that they have there, without values files that are new. Paths outside of the checkout stay as they are.
 * Throws only `cancelled`.
 */
export async function inputsOfBase(
  base: BaseCheckout,
  tree: BaseTree,
  workFolder: string,
  inputs: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const renames = once(() => findRenames(base));
  const moved: Record<string, string> = {};
  for (const name of renderInputs) {
    const value = inputs[name];
    if (value !== undefined) moved[name] = value;
  }
  for (const name of pathInputs) {
    const value = inputs[name];
    if (value === undefined) continue;
    const lines = await Promise.all(splitLines(value).map((line) => (isPath(name, line) ? lineOfBase(line) : line)));
    const kept = name === 'values' ? await filterExisting(lines) : lines;
    moved[name] = kept.join('\n');
  }
  return moved;

  async function lineOfBase(line: string): Promise<string> {
    const [mark, typed] = line.startsWith('!') ? ['!', line.slice(1).trim()] : ['', line];
    const path = absolutePath(typed, workFolder);
    if (await isOfOtherCheckout(path, base.realTop)) return `${mark}${path}`;
    const file = await pathInCheckout(base, path);
    if (await exists(path)) return `${mark}${file === undefined ? path : await fileOfBase(file)}`;
    const [start] = await globStarts(toGlob(typed), workFolder);
    if (start === undefined) return `${mark}${file === undefined ? path : fromWorkFolder(file)}`;
    const folder = await pathInCheckout(base, start.folder);
    const from = folder === undefined ? start.folder : fromWorkFolder(folder);
    return `${mark}${toGlob(join(from, start.pattern))}`;
  }

  async function fileOfBase(file: string): Promise<string> {
    if (await exists(join(tree.files, file))) return fromWorkFolder(file);
    return fromWorkFolder((await renames())(file) ?? file);
  }

  /** Relative, because reports show it, and because a pattern must not start in the name of a temporary folder. */
  function fromWorkFolder(file: string): string {
    return relative(tree.workFolder, join(tree.files, file)) || '.';
  }

  async function filterExisting(lines: readonly string[]): Promise<readonly string[]> {
    const there = await Promise.all(lines.map((path) => exists(resolve(tree.workFolder, path))));
    return lines.filter((_, index) => there[index]);
  }
}

function isPath(input: (typeof pathInputs)[number], line: string): boolean {
  if (input === 'config') return line !== noConfig;
  return input !== 'charts' || !/^[a-z][a-z0-9+.-]*:\/\//i.test(line);
}

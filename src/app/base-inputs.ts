import { dirname, join, relative, resolve, sep } from 'node:path';
import { isInside } from '../core/files/display-path.ts';
import { exists } from '../core/files/exists.ts';
import { once } from '../core/once.ts';
import { splitLines } from '../inputs/read-value.ts';
import { type BaseCheckout, pathInCheckout } from '../resolve/diff/base-checkout.ts';
import type { BaseTree } from '../resolve/diff/base-files.ts';
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
 * The inputs of the run with their paths in the files of the base: charts and values files by the names that they have
 * there, without values files that are new. Files in checkouts of other repositories stay where they are, because the
 * change has no part in them. Throws only `cancelled`.
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
    const lines = await Promise.all(splitLines(value).map((line) => pathOfBase(line)));
    const kept = name === 'values' ? await filterExisting(lines) : lines;
    moved[name] = kept.join('\n');
  }
  return moved;

  async function pathOfBase(line: string): Promise<string> {
    const path = resolve(workFolder, line);
    if (await isOfOtherCheckout(path, tree.checkout, workFolder)) return path;
    const typed = line
      .replaceAll(`${tree.checkout}${sep}`, `${tree.files}${sep}`)
      .replaceAll(`${tree.checkout}/`, `${tree.files}/`);
    const file = pathInCheckout(base, workFolder, path);
    if (file === undefined || (await exists(resolve(tree.workFolder, typed))) || !(await exists(path))) return typed;
    const old = (await renames())(file);
    return old === undefined ? typed : join(tree.files, old);
  }

  async function filterExisting(lines: readonly string[]): Promise<readonly string[]> {
    const there = await Promise.all(lines.map((path) => exists(resolve(tree.workFolder, path))));
    return lines.filter((_, index) => there[index]);
  }
}

/** Whether a path in the folder of the run is in a checkout that is not the one of the change. */
async function isOfOtherCheckout(path: string, top: string, workFolder: string): Promise<boolean> {
  if (!isInside(path, workFolder) && !isInside(path, top)) return false;
  const outer = isInside(path, top) ? top : workFolder;
  // Without the file itself: a glob or a chart that is the root of a checkout is in it.
  for (let folder = path; folder !== outer && isInside(folder, outer); folder = dirname(folder)) {
    if (/[*?[{]/.test(relative(outer, folder))) continue;
    if (await exists(join(folder, '.git', 'HEAD'))) return folder !== top;
  }
  return false;
}

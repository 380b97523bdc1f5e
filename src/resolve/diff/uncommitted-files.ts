import { realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isInside, toPosixPath } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';
import { type BaseCheckout, pathInCheckout } from './base-checkout.ts';

/** More are taken for committed; a run has fewer charts and values files. */
const maximumPaths = 5_000;

/**
 * Those of the absolute paths in the checkout that neither its commit nor the base has, because an earlier step of the
 * job made them. Files of submodules and of other checkouts are not among them.
 */
export async function uncommittedFiles(base: BaseCheckout, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const asked: { readonly path: string; readonly name: string }[] = [];
  for (const path of new Set(paths.slice(0, maximumPaths))) {
    const name = await pathInCheckout(base, path);
    if (name === undefined || name === '' || (await isOfInnerCheckout(base.top, name))) continue;
    // Behind a link, and in another case where that is the same file, Git has another name.
    const real = await realpath(path).catch(() => path);
    const names = [name, ...(isInside(real, base.realTop) ? [toPosixPath(relative(base.realTop, real))] : [])];
    asked.push(...names.map((each) => ({ path, name: each })));
  }
  const lines = asked.flatMap(({ name }) => [base.fork, 'HEAD'].map((commit) => `${commit}:${name}`));
  if (lines.length === 0 || lines.some((line) => line.includes('\n'))) return new Set();
  const { stdout } = await base.git(['cat-file', '--batch-check=%(objecttype)'], { input: `${lines.join('\n')}\n` });
  const isMissing = stdout.split('\n').map((line) => line.endsWith(' missing'));
  const committed = new Set(
    asked.flatMap(({ path }, at) => (isMissing[2 * at] && isMissing[2 * at + 1] ? [] : [path])),
  );
  return new Set(asked.flatMap(({ path }) => (committed.has(path) ? [] : [path])));
}

/** A submodule, or a repository that a step checked out in this one. */
async function isOfInnerCheckout(top: string, name: string): Promise<boolean> {
  for (let folder = name; folder !== '.'; folder = dirname(folder)) {
    if (await exists(join(top, folder, '.git'))) return true;
  }
  return false;
}

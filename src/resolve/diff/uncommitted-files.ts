import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
    // Git knows a file behind a link by its own name.
    const names = await Promise.all(
      [path, await realpath(path).catch(() => path)].map((at) => pathInCheckout(base, at)),
    );
    for (const name of new Set(names)) {
      if (name === undefined || name === '' || name.includes('\n')) continue;
      if (!(await isOfInnerCheckout(base.realTop, name))) asked.push({ path, name });
    }
  }
  if (asked.length === 0) return new Set();
  const lines = asked.flatMap(({ name }) => [base.fork, 'HEAD'].map((commit) => `${commit}:${name}\n`));
  const { stdout } = await base.git(['cat-file', '--batch-check=%(objecttype)'], { input: lines.join('') });
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

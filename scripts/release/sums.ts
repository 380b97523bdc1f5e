/** SHA-256 sums in the form that `sha256sum --check` and `shasum -a 256 --check` read. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line for each file, sorted by name, in any locale the same. `names` are relative to `folder`, with slashes. */
export function sumsOf(folder: string, names: readonly string[]): string {
  return [...names]
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}  ${name}\n`,
    )
    .join('');
}

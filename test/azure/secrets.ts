/** Looks for secrets where they must not be. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formsOf } from '../support/secret-forms.ts';
import type { World } from './fake-azure.ts';

/** The secrets that a text holds in any form; each by its beginning, so that a failure tells which. */
export function secretsIn(text: string, world: World): readonly string[] {
  return [...world.secrets]
    .filter((secret) => formsOf(secret).some((form) => text.includes(form)))
    .map((secret) => secret.slice(0, 60));
}

/** What a runner shows: without the lines by which it is told what to hide. */
export function shownBy(log: string): string {
  return log
    .split('\n')
    .filter((line) => !line.startsWith('::add-mask::') && !line.startsWith('##vso[task.setsecret'))
    .join('\n');
}

/** All files below a folder, each with its content. */
export async function filesBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const)));
}

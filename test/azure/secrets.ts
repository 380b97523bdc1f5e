/** Looks for secrets where they must not be. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from './world.ts';

/** Shorter ones are words of the test itself. */
const shortest = 12;

/** The secrets that a text holds, plain, in base64 or encoded for a URL; each by its beginning, so that a failure tells which. */
export function secretsIn(text: string, world: World): readonly string[] {
  const secrets = [...world.secrets].filter((secret) => secret.length >= shortest);
  return secrets
    .filter((secret) => formsOf(secret).some((form) => text.includes(form)))
    .map((secret) => secret.slice(0, 60));
}

function formsOf(secret: string): readonly string[] {
  // In base64 a text looks different at each of three places; without its ends it is the same wherever it stands.
  const encoded = ['', 'a', 'ab'].map((before) => Buffer.from(`${before}${secret}`).toString('base64').slice(4, -4));
  return [secret, encodeURIComponent(secret), ...encoded];
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

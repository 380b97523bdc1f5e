/** The licences of the packages in the bundle, each whole, by the files that packages keep them in. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `ids` are the files in the bundle. For each package, sorted: its name, the licence's, and the text. */
export function licences(ids: readonly string[]): string {
  const folders = new Map<string, string>();
  for (const id of ids) {
    const [, folder, name] = /^(.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))[\\/]/.exec(id) ?? [];
    if (folder !== undefined && name !== undefined) folders.set(name.replaceAll('\\', '/'), folder);
  }
  const names = [...folders.keys()].sort();
  return names.map((name) => licenceOf(name, folders.get(name) ?? '')).join('\n');
}

function licenceOf(name: string, folder: string): string {
  // Written by npm in this form.
  const { license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { license?: string };
  const file = readdirSync(folder)
    .sort()
    .find((entry) => /^licen[cs]e/i.test(entry));
  if (license === undefined) throw new Error(`${name} names no licence`);
  const text = file === undefined ? '' : `${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name}\n${license}\n${text}`;
}

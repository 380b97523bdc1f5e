/**
 * The licenses of the packages in the bundle, each whole, by the files that packages keep them in. Every entry begins
 * with a line of name and version for each package that has this very text, which `../release/bundled.ts` reads again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `ids` are the modules in the bundle; those of the bundler itself begin with a null character. For each text, sorted
 * by its first package: names and versions, the license's name, and the text.
 */
export function licenses(ids: readonly string[]): string {
  const files = ids.filter((id) => !id.startsWith('\0'));
  const folders = new Set(
    files.flatMap((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/.exec(id) ?? []),
  );
  const headings = new Map<string, string[]>();
  for (const [heading, text] of [...folders].map(licenseOf)) {
    headings.set(text, [...(headings.get(text) ?? []), heading]);
  }
  return [...headings]
    .map(([text, same]) => `${[...new Set(same)].sort().join('\n')}\n${text}`)
    .sort()
    .join('\n');
}

function licenseOf(folder: string): [heading: string, text: string] {
  // Written by npm in this form.
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name?: string;
    version?: string;
    license?: string;
  };
  const file = readdirSync(folder)
    .sort()
    .find((entry) => /^licen[cs]e/i.test(entry));
  if (license === undefined) throw new Error(`${folder} names no license`);
  const text = file === undefined ? '' : `${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return [`${name} ${version}`, `${license}\n${text}`];
}

/**
 * Words that a reader who knows Helm, OCI and GitHub Actions would not expect, or that name an actor without naming it.
 * The list is short on purpose: each word was common here once, and has a plain replacement.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';

const avoided: readonly { readonly word: RegExp; readonly instead: string }[] = [
  { word: /\b(?:told|tells|untold)\b/i, instead: 'report, log, print, return, mean' },
  { word: /\bwhoever\b/i, instead: 'the actor: the user, the registry, the caller' },
  { word: /\bnobody\b/i, instead: 'the actor, or "anonymously"' },
  { word: /\bsomebody\b/i, instead: 'the actor' },
];

const folders = ['src', 'docs'];

async function textFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.filter((name) => /\.(?:ts|md)$/.test(name)).map((name) => join(folder, name));
}

function linesWith(word: RegExp, text: string): readonly number[] {
  return text.split('\n').flatMap((line, index) => (word.test(line) ? [index + 1] : []));
}

test('src/, docs/ and the README use plain words', async () => {
  const files = [...(await Promise.all(folders.map(textFiles))).flat(), 'README.md'];
  const found = [];
  for (const file of files) {
    const text = await readFile(join(root, file), 'utf8');
    for (const { word, instead } of avoided) {
      for (const line of linesWith(word, text)) found.push(`${file}:${line}: ${word.source}: use ${instead}`);
    }
  }
  expect(found).toEqual([]);
});

test('the word list finds the words it lists', () => {
  const text = 'It is told.\nWhoever asks.\nNobody.\nSomebody.\nA foretold toll.';
  expect(avoided.map(({ word }) => linesWith(word, text))).toEqual([[1], [2], [3], [4]]);
});

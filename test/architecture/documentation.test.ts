/** What the pages say of the code, held against it: modules, lists of keys, and which decisions still hold. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inputsEntries } from '../../src/inputs/config-inputs-schema.ts';
import { configRuleKeys } from '../../src/inputs/rule-keys.ts';
import { root } from '../support/root.ts';

const read = async (path: string) => await readFile(join(root, path), 'utf8');

async function filesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

/** The text between two texts of a page, without line breaks. */
function between(page: string, start: string, end: string): string {
  const [, after = ''] = page.split(start);
  return (after.split(end)[0] ?? '').replaceAll('\n', ' ');
}

test('every module that the documentation names exists', async () => {
  const modules = new Set((await Promise.all(['src', 'test', 'scripts'].map(filesBelow))).flat());
  const names = new Set([...modules].map((path) => path.slice(path.lastIndexOf('/') + 1)));
  const isThere = (path: string) =>
    path.includes('/') ? modules.has(path) || modules.has(`src/${path}`) : names.has(path);
  const pages = (await filesBelow('docs')).filter((path) => path.endsWith('.md'));
  const unknown = [];
  for (const page of [...pages, 'README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CONTRIBUTING.md']) {
    for (const [, path = ''] of (await read(page)).matchAll(/`([\w./-]+\.ts)`/g)) {
      if (!isThere(path)) unknown.push(`${page}: ${path}`);
    }
  }
  expect(unknown).toEqual([]);
});

test('a decision that another one replaces says so in its first lines', async () => {
  const pages = (await filesBelow('docs/decisions')).filter((path) => /\/\d{4}-.*\.md$/.test(path));
  const silent = [];
  for (const page of pages) {
    const [, target] = /^Replaces \[\d{4}\]\(([^)]+)\)/m.exec(await read(page)) ?? [];
    if (target === undefined) continue;
    const replaced = await read(`${dirname(page)}/${target}`);
    const [, number = ''] = /\/(\d{4})-/.exec(page) ?? [];
    if (!new RegExp(`^# .*\\n\\nReplaced by \\[${number}\\]`).test(replaced)) silent.push(target);
  }
  expect(silent).toEqual([]);
});

test('the guide to pull requests lists every rule that comes from the base', async () => {
  const text = between(
    await read('docs/guides/pull-requests.md'),
    '## The rules of the base hold',
    'read from the base',
  );
  const keys = Object.entries(configRuleKeys).flatMap(([key, owner]) => (owner === 'base' ? [key] : []));
  expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
});

test('the guide to the configuration file lists every input that the file can set', async () => {
  const text = between(await read('docs/guides/configuration-file.md'), 'The file can also set', 'set `push`');
  expect(Object.keys(inputsEntries).filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
});

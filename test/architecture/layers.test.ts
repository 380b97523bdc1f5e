import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../support/folder.ts';
import { root } from '../support/root.ts';
import { copyHouse, readImports } from './imports.ts';
import { circles, readFloors, roomOf, wrongImports } from './layers.ts';

const floors = readFloors(await readFile(join(root, 'ARCHITECTURE.md'), 'utf8'));
const files = (await readdir(join(root, 'src'), { recursive: true }))
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'));

describe('the house is built as ARCHITECTURE.md draws it', () => {
  test('every import leads to its own room or to a lower floor', async () => {
    const imports = await readImports(root);
    expect(imports.length).toBeGreaterThan(files.length / 2);
    expect(wrongImports(imports, floors)).toEqual([]);
  });

  test('no file imports itself by way of others', async () => {
    expect(circles(await readImports(root))).toEqual([]);
  });

  test('every room of src/ is drawn, and every drawn room is in src/', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...floors.keys()].sort());
  });

  test('no file of src/ has more than 400 lines', async () => {
    const long = [];
    for (const file of files) {
      const lines = (await readFile(join(root, 'src', file), 'utf8')).trimEnd().split('\n').length;
      if (lines > 400) long.push(`${file}: ${lines}`);
    }
    expect(long).toEqual([]);
  });

  test('nothing is called utils, helpers, common, misc or manager', () => {
    const name = /(?:^|[-/])(?:utils?|helpers?|common|misc|managers?)(?:[-./]|$)/;
    expect(name.test('http/retry-helper.ts')).toBe(true);
    // docker's own name for a program that keeps credentials.
    const plain = files.filter((file) => !file.endsWith('/credential-helper.ts'));
    expect(plain.filter((file) => name.test(file))).toEqual([]);
  });
});

describe('a house that is changed in a copy is found out', () => {
  /** What the checks say of a copy with one more line that they do not say of the copy as it was. */
  async function afterAdding(line: string, file: string) {
    const folder = await testFolder();
    await copyHouse(folder);
    const before = await readImports(folder);
    await appendFile(join(folder, 'src', file), `\n${line}\n`);
    const after = await readImports(folder);
    const isNew = (known: readonly string[]) => (sentence: string) => !known.includes(sentence);
    return {
      wrong: wrongImports(after, floors).filter(isNew(wrongImports(before, floors))),
      circles: circles(after).filter(isNew(circles(before))),
    };
  }

  test('when an import is turned upside down, the check names both ends', async () => {
    const down = (await readImports(root)).find(
      ({ from, to }) => roomOf(from) === 'mirror/' && roomOf(to) === 'image/',
    );
    if (!down) throw new Error('mirror/ no longer imports from image/: choose another pair');
    const { wrong, circles } = await afterAdding(`import '../${down.from}';`, down.to);
    expect(wrong).toEqual([`${down.to} (floor 1) imports ${down.from} (floor 7)`]);
    expect(circles.join()).toContain(`${down.to} → `);
  });

  test('when only a type is imported from above', async () => {
    const { wrong } = await afterAdding("export type { Report } from './report/report.ts';", 'log.ts');
    expect(wrong).toEqual(['log.ts (floor 1) imports report/report.ts (floor 8)']);
  });

  test('when the import from above is made on demand', async () => {
    const { wrong } = await afterAdding("export const later = import('../mirror/plan.ts');", 'discovery/use.ts');
    expect(wrong).toEqual(['discovery/use.ts (floor 5) imports mirror/plan.ts (floor 7)']);
  });

  test('when a room imports from its neighbour on the same floor', async () => {
    const { wrong } = await afterAdding("import './errors.ts';", 'log.ts');
    expect(wrong).toEqual(['log.ts (floor 1) imports errors.ts (floor 1)']);
  });

  test('when two files of one room import each other', async () => {
    const { wrong, circles } = await afterAdding("import './digest.ts';", 'image/parsed.ts');
    expect(wrong).toEqual([]);
    expect(circles).toEqual(['image/digest.ts → image/parsed.ts → image/digest.ts']);
  });

  test('when a room is not in the drawing', () => {
    expect(wrongImports([{ from: 'cellar/a.ts', to: 'log.ts' }], floors)).toEqual([
      'cellar/a.ts imports log.ts, and cellar/ has no floor',
    ]);
  });
});

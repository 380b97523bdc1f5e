import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { testFolder } from '../support/folder.ts';
import { root } from '../support/root.ts';
import { copySources, readImports } from './imports.ts';
import { cycles, moduleOf, readLayers, repeatedNames, wrongImports } from './layers.ts';

const layers = readLayers(await readFile(join(root, 'ARCHITECTURE.md'), 'utf8'));
const files = (await readdir(join(root, 'src'), { recursive: true }))
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'));

describe('src/ is layered as ARCHITECTURE.md says', () => {
  test('every import leads to its own module or to a lower layer', async () => {
    const imports = await readImports(root);
    expect(imports.length).toBeGreaterThan(files.length / 2);
    expect(wrongImports(imports, layers)).toEqual([]);
  });

  test('no file imports itself through others', async () => {
    expect(cycles(await readImports(root))).toEqual([]);
  });

  test('every module of src/ is in the table, and every module in the table is in src/', () => {
    expect([...new Set(files.map(moduleOf))].sort()).toEqual([...layers.keys()].sort());
  });

  test('src/ has main.ts and at most 11 folders', async () => {
    const entries = await readdir(join(root, 'src'), { withFileTypes: true });
    expect(entries.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(['main.ts']);
    expect(entries.filter((entry) => entry.isDirectory()).length).toBeLessThanOrEqual(11);
  });

  test('no two files of src/ have the same name', () => {
    expect(repeatedNames(files)).toEqual([]);
    expect(repeatedNames(['a/x.ts', 'b/x.ts', 'b/y.ts'])).toEqual(['x.ts: a/x.ts, b/x.ts']);
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

describe('the check of layers finds a wrong import in a copy of src/', () => {
  let before: Awaited<ReturnType<typeof readImports>>;

  beforeAll(async () => {
    before = await readImports(root);
  });

  /** What the checks report of a copy with one more line and did not report before. */
  async function afterAdding(line: string, file: string) {
    const folder = await testFolder();
    await copySources(folder);
    await appendFile(join(folder, 'src', file), `\n${line}\n`);
    const after = await readImports(folder);
    const isNew = (known: readonly string[]) => (sentence: string) => !known.includes(sentence);
    return {
      wrong: wrongImports(after, layers).filter(isNew(wrongImports(before, layers))),
      cycles: cycles(after).filter(isNew(cycles(before))),
    };
  }

  const layerOf = (file: string) => layers.get(moduleOf(file));

  test('when an import is turned upside down, the check names both ends', async () => {
    const down = before.find(({ from, to }) => moduleOf(from) === 'mirror/copy/' && moduleOf(to) === 'core/oci/');
    if (!down) throw new Error('mirror/copy/ no longer imports from core/oci/: choose another pair');
    const { wrong, cycles } = await afterAdding(`import '../../${down.from}';`, down.to);
    expect(wrong).toEqual([
      `${down.to} (layer ${layerOf(down.to)}) imports ${down.from} (layer ${layerOf(down.from)})`,
    ]);
    expect(cycles.join()).toContain(`${down.to} → `);
  });

  test('when only a type is imported from a higher layer', async () => {
    const { wrong } = await afterAdding("export type { Report } from '../report/model/report.ts';", 'core/log.ts');
    expect(wrong).toEqual([
      `core/log.ts (layer 1) imports report/model/report.ts (layer ${layerOf('report/model/report.ts')})`,
    ]);
  });

  test('when the import from a higher layer is dynamic', async () => {
    const line = "export const later = import('../mirror/plan/plan.ts');";
    const { wrong } = await afterAdding(line, 'discovery/discover.ts');
    expect(wrong).toEqual([
      `discovery/discover.ts (layer ${layerOf('discovery/discover.ts')}) imports mirror/plan/plan.ts (layer ${layerOf('mirror/plan/plan.ts')})`,
    ]);
  });

  test('when the import turns around between two folders of one module', async () => {
    const { wrong } = await afterAdding("import '../provenance/trace-values.ts';", 'values/tree/edits.ts');
    expect(wrong).toEqual([
      `values/tree/edits.ts (layer ${layerOf('values/tree/edits.ts')}) imports values/provenance/trace-values.ts (layer ${layerOf('values/provenance/trace-values.ts')})`,
    ]);
  });

  test('when two files of one module import each other', async () => {
    const { wrong, cycles } = await afterAdding("import './digest.ts';", 'core/oci/parse-result.ts');
    expect(wrong).toEqual([]);
    expect(cycles).toEqual(['core/oci/digest.ts → core/oci/parse-result.ts → core/oci/digest.ts']);
  });

  test('when a module is not in the table', () => {
    expect(wrongImports([{ from: 'cellar/a.ts', to: 'core/log.ts' }], layers)).toEqual([
      'cellar/a.ts imports core/log.ts, and cellar/ has no layer',
    ]);
  });
});

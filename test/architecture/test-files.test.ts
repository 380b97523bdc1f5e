/** What a reader of the tests relies on: files of a readable length, at the path of what they test. */
import { readdir, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/root.ts';

/** A longer file has several subjects: split it by them. */
const maximumLines = 400;
const maximumLinesOfSource = 250;

/** Shorter ones are parts of a neighbor, whose tests show what they do. */
const linesOfSubject = 40;

const { dirname, normalize } = posix;

/** The text of each TypeScript file by its path from the root of the repository. */
async function textsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(`${root}/${folder}`, { recursive: true, encoding: 'utf8' });
  const paths = names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(`${root}/${path}`, 'utf8')] as const)),
  );
}

const [sources, tests] = await Promise.all([textsIn('src'), textsIn('test')]);
const lineCount = (text: string) => text.trimEnd().split('\n').length;

function importsOf(path: string): readonly string[] {
  const text = sources.get(path) ?? tests.get(path) ?? '';
  const matches = text.matchAll(/(?:from|import\()\s*'(\.[^']+\.ts)'/g);
  return [...matches].map(([, target = '']) => normalize(`${dirname(path)}/${target}`));
}

/** What can be reached by imports from some files, as long as `isFollowed` says so. */
function reachable(from: readonly string[], isFollowed: (path: string) => boolean): ReadonlySet<string> {
  const reached = new Set(from);
  for (const path of reached) {
    if (isFollowed(path)) for (const target of importsOf(path)) reached.add(target);
  }
  return reached;
}

const testOf = (source: string) => source.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts');

/** Files of one folder of src/ that the tests of its mirror reach, without leaving the folder. */
function testedIn(folder: string): ReadonlySet<string> {
  const own = [...tests.keys()].filter((path) => dirname(testOf(path)) === dirname(testOf(`${folder}/x.ts`)));
  const isFixture = (path: string) => path.startsWith('test/');
  const imported = [
    ...reachable(
      own.filter((path) => path.endsWith('.test.ts')),
      isFixture,
    ),
  ];
  const ofItsName = [...sources.keys()].filter((path) => tests.has(testOf(path)));
  const begin = [...imported, ...ofItsName].filter((path) => dirname(path) === folder);
  return reachable(begin, (path) => dirname(path) === folder);
}

test(`no file of test/ has more than ${maximumLines} lines`, () => {
  const long = [...tests].filter(([path, text]) => !path.includes('/fixtures/') && lineCount(text) > maximumLines);
  expect(long.map(([path, text]) => `${path}: ${lineCount(text)}`)).toEqual([]);
});

test(`no file of src/ has more than ${maximumLinesOfSource} lines`, () => {
  const long = [...sources].filter(([, text]) => lineCount(text) > maximumLinesOfSource);
  expect(long.map(([path, text]) => `${path}: ${lineCount(text)}`)).toEqual([]);
});

test(`the tests of a folder of src/ are in the same folder of test/, for every file of more than ${linesOfSubject} lines`, () => {
  const isCode = /^(?:export )?(?:default )?(?:async )?(?:function|const|class|let) /m;
  const subjects = [...sources].filter(([, text]) => lineCount(text) > linesOfSubject && isCode.test(text));
  expect(subjects.length).toBeGreaterThan(200);
  const tested = new Map([...new Set(subjects.map(([path]) => dirname(path)))].map((each) => [each, testedIn(each)]));
  expect(subjects.map(([path]) => path).filter((path) => !tested.get(dirname(path))?.has(path))).toEqual([]);
});

test('the rule about folders sees a file that only tests of another folder reach', () => {
  expect(testedIn('src/core/oci')).toContain('src/core/oci/reference.ts');
  expect(testedIn('src/hosts')).not.toContain('src/core/oci/reference.ts');
});

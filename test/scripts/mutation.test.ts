/** What `npm run mutation` changes, which tests it runs, and how it counts. */
import { expect, test } from 'vitest';
import { reasonToIgnore } from '../../scripts/mutation/ignore-texts.ts';
import { chooseTests, type Reach } from '../../scripts/mutation/reach.ts';
import { declarationsOf } from '../../scripts/mutation/sample.ts';
import { tableOfScores, withSecondLook } from '../../scripts/mutation/scores.ts';
import { unitTests } from '../../scripts/mutation/unit-tests.ts';

const member = (object: object, name: string) => ({
  type: 'CallExpression',
  callee: {
    type: 'MemberExpression',
    object: { type: 'Identifier', ...object },
    property: { type: 'Identifier', name },
  },
});

test.each([
  ['a call of the log', member({ name: 'log' }, 'warning'), true],
  ['a call of the log of a host', member({ property: { type: 'Identifier', name: 'log' } }, 'info'), true],
  ['a call of anything else', member({ name: 'registry' }, 'info'), false],
  ['a sentence', { type: 'StringLiteral', value: 'Log in again.' }, true],
  ['a word', { type: 'StringLiteral', value: 'registry-answer' }, false],
  ['a sentence with values in it', template('Cannot list ', ': it answers.'), true],
  ['a key with values in it', template('blob ', ' ', ''), false],
  ['an object of nothing but sentences', object({ type: 'StringLiteral', value: 'Log in again.' }), true],
  [
    'an object with a word in it',
    object({ type: 'StringLiteral', value: 'Log in again.' }, { type: 'NullLiteral' }),
    false,
  ],
  ['an object without anything', object(), false],
  ['a condition', { type: 'IfStatement' }, false],
])('whether %s is left as it is', (_, node, isIgnored) => {
  expect(reasonToIgnore(node) !== undefined).toBe(isIgnored);
});

function object(...values: readonly { readonly type: string; readonly value?: string }[]) {
  return { type: 'ObjectExpression', properties: values.map((value) => ({ value })) };
}

function template(...raws: readonly string[]) {
  return { type: 'TemplateLiteral', quasis: raws.map((raw) => ({ value: { raw } })) };
}

type Mutant = Parameters<typeof withSecondLook>[0][number];

function mutant(line: number, status: Mutant['status']): Mutant {
  const location = { start: { line, column: 3 }, end: { line, column: 9 } };
  return { id: `${line}`, fileName: `${process.cwd()}/src/a.ts`, location, mutatorName: 'X', replacement: '', status };
}

test('a change counts as noticed when the second look notices it, and is never lost by it', () => {
  const first = [mutant(1, 'Killed'), mutant(2, 'Survived'), mutant(3, 'NoCoverage')];
  // Line 1 is tried again beside line 2, by other tests.
  const second = [mutant(1, 'Survived'), mutant(2, 'Killed')];
  expect(withSecondLook(first, second).map(({ status }) => status)).toEqual(['Killed', 'Killed', 'NoCoverage']);
});

test('the score is the share of noticed changes, and each other one has its place', () => {
  const statuses = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'RuntimeError'] as const;
  const lines = tableOfScores(
    'a',
    statuses.map((status, at) => mutant(at + 1, status)),
  ).split('\n');
  expect(lines[1]?.split('\t')).toEqual(['src/a.ts', '7', '2', '1', '1', '1', '1', '1', '60.0 %']);
  expect(lines.slice(3).map((line) => line.split(' ')[0])).toEqual(['src/a.ts:4:3', 'src/a.ts:5:3']);
});

test('no test that runs the program in another process is used, and no campaign', () => {
  const files = unitTests('test').map(({ file }) => file);
  expect(files).toContain('test/registry/client/referrers.test.ts');
  expect(files).toContain('test/app/run.test.ts');
  expect(files.filter((file) => /end-to-end|architecture|no-secret-shown|campaign|crash-recovery/.test(file))).toEqual(
    [],
  );
});

test('a test is tried for the sources that it or its support imports', () => {
  const test = unitTests('test').find(({ file }) => file === 'test/registry/azure/arm.test.ts');
  expect(test?.imports).toContain('src/registry/azure/arm.ts');
  expect(test?.imports).not.toContain('src/core/http/retry.ts');
});

test('the tests of a source are those that were seen to run it: the quick ones first, none that failed or is too slow', () => {
  const reaching = (name: string, over: Partial<Reach>) => {
    const file = `test/${name}.test.ts`;
    const reach = { test: file, longest: 10, setUp: 10, hasFailed: false, sources: ['src/a.ts'], ...over };
    return { test: { file, imports: new Set<string>() }, reach };
  };
  const measured = [
    reaching('quick', {}),
    reaching('elsewhere', { sources: ['src/b.ts'] }),
    reaching('failed', { hasFailed: true }),
    reaching('slow-set-up', { setUp: 1000 }),
    reaching('slow', { longest: 1500 }),
    reaching('too-slow', { longest: 5000 }),
  ];
  expect(chooseTests(['src/a.ts', 'src/c.ts'], measured)).toEqual({
    quick: ['test/quick.test.ts'],
    slow: ['test/slow-set-up.test.ts', 'test/slow.test.ts'],
  });
});

test('a sample is drawn from whole declarations, and from the members of a class', () => {
  const text = [
    "import { a } from 'a';",
    '',
    'const bound = 1;',
    'const other = 2;',
    '',
    'export class Client {',
    '  readonly host = "";',
    '',
    '  get(): string {',
    '    const first = 1;',
    '',
    '    return String(first);',
    '  }',
    '}',
    '',
    'function last(): void {',
    '  a();',
    '',
    '  a();',
    '}',
    '',
  ].join('\n');
  expect(declarationsOf(text)).toEqual([
    { from: 1, to: 2 },
    { from: 3, to: 5 },
    { from: 6, to: 8 },
    { from: 9, to: 15 },
    { from: 16, to: 21 },
  ]);
});

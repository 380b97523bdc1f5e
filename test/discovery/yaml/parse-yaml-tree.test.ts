import { describe, expect, test } from 'vitest';
import {
  maximumDocumentLength,
  maximumIndicators,
  maximumNesting,
  parseYamlTree,
} from '../../../src/discovery/yaml/parse-yaml-tree.ts';
import { childOf, type TreeNode, textOf } from '../../../src/discovery/yaml/yaml-tree.ts';

function tree(text: string): TreeNode {
  const parsed = parseYamlTree(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

/** Maps and lists as objects, texts as they are. */
function plain(node: TreeNode): unknown {
  if (node.type === 'text') return node.text;
  if (node.type === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, child]) => [key, plain(child)]));
}

describe('a tree of YAML', () => {
  test('has texts, numbers as they are written, and an empty text for nothing', () => {
    expect(plain(tree('a: "1.0"\nb: 1.10\nc:\nd: [x, ]\n'))).toEqual({ a: '1.0', b: '1.10', c: '', d: ['x'] });
    expect(tree('')).toMatchObject({ type: 'text', text: '', scalar: 'empty' });
  });

  test('knows which texts are strings, for Kubernetes takes no other value for an image', () => {
    const node = tree('a: "1.0"\nb: 1.0\nc: null\n');
    expect(['a', 'b', 'c'].map((key) => textOf(node, key))).toEqual(['1.0', undefined, undefined]);
    expect(childOf(node, 'b')).toMatchObject({ scalar: 'other', style: 'plain' });
  });

  test('has the content of an anchor in the place of each alias', () => {
    expect(plain(tree('a: &x {image: y}\nb: *x\nc: [*x]\n'))).toMatchObject({ b: { image: 'y' }, c: [{ image: 'y' }] });
  });

  test('has merged keys, of which its own and then the earlier ones win', () => {
    const text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}\n';
    expect(plain(childOf(tree(text), 'c') ?? tree(''))).toEqual({ x: '0', y: '1', z: '2' });
  });

  test('has the last of equal keys, as Kubernetes takes it, and names them', () => {
    const node = tree('a: 1\na: 2\nb: 3\n');
    expect(plain(node)).toEqual({ a: '2', b: '3' });
    expect(node).toMatchObject({ duplicates: new Set(['a']) });
  });

  test('begins a text of several lines at the line below its sign', () => {
    expect(childOf(tree('a: |\n  one\n  two\n'), 'a')).toMatchObject({
      style: 'literal',
      offset: 5,
      text: 'one\ntwo\n',
    });
  });
});

describe('a text that is no tree is a reason, not an error:', () => {
  test.each([
    ['what the parser does not read', 'a: [', /./],
    ['an alias without its anchor', 'a: *nowhere', /anchor|alias/i],
    ['a document that is too long', 'a'.repeat(maximumDocumentLength + 1), /characters/],
    ['too many signs of YAML', '-'.repeat(maximumIndicators + 1), /YAML indicators/],
    ['too many levels', '['.repeat(maximumNesting + 2) + ']'.repeat(maximumNesting + 2), /nested deeper than 250/],
    [
      'aliases of aliases, which are more than memory holds',
      [
        'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
        ...Array.from({ length: 7 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(10)}]`),
      ].join('\n'),
      /nodes after expanding aliases/,
    ],
  ])('%s', (_, text, reason) => {
    const parsed = parseYamlTree(text);
    expect(parsed.ok ? '' : parsed.reason).toMatch(reason);
  });
});

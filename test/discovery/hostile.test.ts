import { describe, expect, it } from 'vitest';
import { discover } from '../../src/discovery/discover.ts';
import {
  maximumDocumentLength,
  maximumIndicators,
  maximumNesting,
  maximumNodes,
  parseYamlTree,
} from '../../src/discovery/yaml/parse-yaml-tree.ts';
import { discovered, document, imagesOf, rendered } from './rendered.ts';

const neighbour = document('kind: Pod\nspec: {containers: [{image: "next:1"}]}', 'shop/templates/z.yaml');

/** What is found beside a hostile document; the neighbour must never suffer. */
function beside(body: string): { readonly images: readonly string[]; readonly codes: readonly string[] } {
  const discovery = discover([rendered(document(body) + neighbour)]);
  return { images: imagesOf(discovery), codes: discovery.findings.map((finding) => finding.code) };
}

describe('a hostile document affects only itself and is reported', () => {
  it.each([
    ['ten thousand levels of lists', `image: ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['brackets that never close', `image: ${'['.repeat(50_000)}`],
    ['levels below the bound of the walk', `image: ${'['.repeat(maximumNesting + 2)}${']'.repeat(maximumNesting + 2)}`],
    ['levels of maps', Array.from({ length: 2_000 }, (_, level) => `${' '.repeat(level)}image:`).join('\n')],
    ['levels of dashes', `- ${'- '.repeat(10_000)}image`],
    [
      'aliases that grow',
      aliases(
        (name, index) =>
          `&${name} [${Array(9)
            .fill(`*a${index - 1}`)
            .join(', ')}]`,
      ),
    ],
    [
      'merge keys that grow',
      aliases((name, index) => `&${name} {<<: [*a${index - 1}], x: *a${index - 1}, y: *a${index - 1}}`),
    ],
    ['an alias to itself', 'image: &a [*a]'],
    ['an alias to nothing', 'image: *nothing'],
    ['a text longer than the bound', `image: ${'x'.repeat(maximumDocumentLength)}`],
    ['more marks than the bound', `image: x\n${'- a\n'.repeat(maximumIndicators / 2)}`],
    ['anchors without end', `image: ${'&a '.repeat(10_000)}`],
    ['quotes without end', `image: ${'"" '.repeat(50_000)}`],
    ['a kind that is a list', 'kind: [Pod]\nspec: {image: x}'],
    ['containers that are a text', 'kind: Pod\nspec: {containers: many}'],
    ['containers that are a map', 'kind: Pod\nspec: {containers: {image: x}}'],
    ['a control character in an image', 'kind: Pod\nspec: {containers: [{image: "a\0b:1"}]}'],
    ['an image that is not UTF-8', 'kind: Pod\nspec: {containers: [{image: "\uFFFD\uD800:1"}]}'],
  ])('%s', (_, body) => {
    expect(beside(body)).toEqual({ images: ['certain next:1'], codes: ['unreadable'] });
  });

  it.each([
    ['nothing', ''],
    ['containers of other shapes', 'kind: Pod\nspec: {containers: [x, 1, null, [image], {name: a}]}'],
    ['a pod without a spec', 'kind: Pod\nspec: null # image'],
    ['keys that are no texts', 'kind: Widget\nspec: {? {a: image} : c, ? [x] : image, : d}'],
    ['a list of lists of lists', `kind: List\nitems: ${'[{kind: List, items: '.repeat(60)}[image]${'}]'.repeat(60)}`],
    ['a text of one long line', `kind: ConfigMap\ndata:\n  image: |\n    ${'image/a.bb/'.repeat(200_000)}`],
    [
      'a registry of slashes without end',
      `kind: Widget\nspec: {image: {registry: "${'/'.repeat(1_000_000)}a", repository: b/c, tag: "1"}}`,
    ],
    [
      'a line that begins with quotes without end',
      `kind: ConfigMap\ndata:\n  image: |\n    ${'"'.repeat(99_000)}a: x/y`,
    ],
    ['a script of more words than a call takes', `kind: Widget\nspec: {args: ["image ${'a '.repeat(500_000)}"]}`],
    ['braces without end', `kind: ConfigMap\ndata:\n  image: |\n    image: ${'{{ '.repeat(50_000)}`],
  ])('%s is not reported', (_, body) => {
    expect(beside(body)).toEqual({ images: ['certain next:1'], codes: [] });
  });

  it('of a hundred million characters is not parsed', () => {
    expect(beside(`image: ${'x'.repeat(100_000_000)}`)).toEqual({ images: ['certain next:1'], codes: ['unreadable'] });
  });

  it('of more documents than the bound is searched by line from there on', () => {
    const discovery = discover([rendered('---\nkind: Pod\nspec:\n  containers:\n    - image: a/b:1\n'.repeat(10_001))]);
    expect(discovery.images[0]?.uses.at(-1)).toMatchObject({ rule: 'text-line' });
    expect(discovery.findings).toMatchObject([{ code: 'unreadable' }]);
  });

  it('of an honest size is read whole', () => {
    const container = '{name: c, image: "a/b:1"}';
    expect(imagesOf(discovered(`kind: Pod\nspec: {containers: [${Array(5_000).fill(container).join(',')}]}`))).toEqual([
      'certain a/b:1',
    ]);
  });

  it('names the bound that it passes', () => {
    const bomb = parseYamlTree(
      aliases(
        (name, index) =>
          `&${name} [${Array(9)
            .fill(`*a${index - 1}`)
            .join(', ')}]`,
      ),
    );
    expect(bomb).toMatchObject({ ok: false, reason: expect.stringContaining(String(maximumNodes)) });
  });
});

/** Thirty anchors, each made of the one before. */
function aliases(next: (name: string, index: number) => string): string {
  const lines = Array.from({ length: 30 }, (_, index) => `a${index + 1}: ${next(`a${index + 1}`, index + 1)}`);
  return ['image: x', 'a0: &a0 {k: v}', ...lines].join('\n');
}

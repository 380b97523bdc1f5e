import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../src/core/oci/reference.ts';
import { selectCandidates } from '../../../src/values/provenance/marker-candidates.ts';
import { MarkerSet } from '../../../src/values/provenance/markers.ts';
import type { ScalarValue } from '../../../src/values/tree/scalar-value.ts';

const digits = '0123456789abcdef'.repeat(4);

function leaf(text: string, key = 'image'): ScalarValue {
  return { keys: [key], text, scalar: 'string', style: 'inline', source: { kind: 'set' }, offset: 0 };
}

/** The marked text of a leaf that may feed these references. */
function marked(
  text: string,
  ...references: readonly string[]
): { readonly markers: MarkerSet; readonly text: string | undefined } {
  const markers = new MarkerSet(selectCandidates([leaf(text)], references), references);
  return { markers, text: markers.texts[0]?.text };
}

describe('a marked text keeps its kind', () => {
  it.each([
    ['docker.io', 'docker-9700079.io'],
    ['registry.k8s.io/', 'registry.k8s-9700079.io/'],
    ['localhost:5000', 'localhost-9700079:5000'],
    ['10.0.0.1:5000', '10.0.0-9700079.1:5000'],
    ['team/web', 'team/web-9700079'],
    ['quay.io/team', 'quay.io/team-9700079'],
    ['/web', '/web-9700079'],
    ['latest', 'latest-9700079'],
    ['1.2.3', '1.2.97000793'],
    ['v1.2.0', 'v1.2.97000790'],
    ['1.25', '1.25.9700079'],
    ['8', '8.0.9700079'],
    ['v3', 'v3.0.9700079'],
    ['3.5.21-0', '3.5.21-0.9700079'],
    ['12-debian-12-r51', '12-debian-12-r51.9700079'],
    ['-alpine', '-alpine-9700079'],
    ['web:1.2.3', 'web-9700079:1.2.97001793'],
    [digits, `${'9700079'.repeat(9)}9`],
    [`sha256:${digits}`, `sha256:${'9700079'.repeat(9)}9`],
    [`1.0@sha256:${digits}`, `1.0.9700079@sha256:${'9700179'.repeat(9)}9`],
  ])('%s becomes %s', (text, expected) => {
    const inner = text.replace(/^[/-]|\/$/g, '');
    expect(marked(text, `x/${inner}`, `y-${inner}`, `z:${inner}`, `w@${inner}`).text).toBe(expected);
  });

  it('any reference stays a reference and is read back unchanged', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const host = fc.constantFrom('', 'quay.io/', 'localhost:5000/', 'a.b-c.example:8443/');
    const tag = fc.oneof(fc.constant(''), fc.stringMatching(/^:[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/));
    const digest = fc.constantFrom('', `@sha256:${digits}`);
    const reference = fc
      .tuple(host, fc.array(name, { minLength: 1, maxLength: 3 }), tag, digest)
      .map(([first, names, ...rest]) => `${first}${names.join('/')}${rest.join('')}`)
      .filter((text) => parseReference(text).ok);
    fc.assert(
      fc.property(reference, (image) => {
        const { markers, text = '' } = marked(image, image);
        expect(text).not.toBe(image);
        expect(parseReference(text).ok).toBe(true);
        const { plain, spans } = markers.read(text);
        expect(plain).toBe(image);
        expect(spans.map(({ start, end, from }) => [start, end, from])).toEqual([[0, image.length, 0]]);
      }),
    );
  });

  it('a text without markers is read unchanged', () => {
    const { markers } = marked('team/web', 'team/web:1');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(markers.read(text)).toEqual({ plain: text, spans: [] });
      }),
    );
  });

  it('markers that occur in the references are not used', () => {
    expect(marked('team/web', 'team/web:9712379').text).toBe('team/web-8300038');
  });
});

describe('the spans of a marked reference', () => {
  it('parts of several values, and of one value only a part', () => {
    const leaves = [leaf('quay.io/team', 'registry'), leaf('ghcr.io/x/web:1.2', 'image')];
    const references = ['quay.io/team/web:1.2'];
    const markers = new MarkerSet(selectCandidates(leaves, [...references, 'ghcr.io/x/web:1.2']), references);
    const [registry = '', image = ''] = markers.texts.map(({ text }) => text);
    const { plain, spans } = markers.read(`${registry}/${image.split('/').at(-1)}`);
    expect(plain).toBe('quay.io/team/web:1.2');
    expect(spans.map(({ start, end, leaf: { keys }, from }) => [plain.slice(start, end), keys[0], from])).toEqual([
      ['quay.io/team', 'registry', 0],
      // The slash of the template is that of the value as well.
      ['/web:1.2', 'image', 9],
    ]);
  });

  it('a truncated digest is returned with its original digits', () => {
    const { markers, text = '' } = marked(`sha256:${digits}`, `a@sha256:${digits}`);
    expect(markers.read(`a:${text.slice('sha256:'.length, 19)}`).plain).toBe(`a:${digits.slice(0, 12)}`);
  });
});

describe('values that may be part of an image', () => {
  const ranksOf = (leaves: readonly ScalarValue[], ...references: readonly string[]) =>
    selectCandidates(leaves, references).map(({ leaf: { keys }, rank }) => `${keys.join('.')} ${rank}`);
  const number = (text: string, ...keys: readonly string[]): ScalarValue => ({ ...leaf(text), keys, scalar: 'other' });

  it('have a text that is a part of a reference between its separators', () => {
    const leaves = ['quay.io', 'team', 'web', 'ea', 'b:1', '1.2', 'quay', 'io/team', 'team/web:1.2', ''].map((text) =>
      leaf(text, text),
    );
    expect(ranksOf(leaves, 'quay.io/team/web:1.2.3')).toEqual([
      'quay.io likely',
      'team possible',
      'web possible',
      '1.2 likely',
      'quay possible',
      'io/team likely',
      'team/web:1.2 likely',
    ]);
  });

  it('are numbers only if the key indicates an image', () => {
    const leaves = [
      number('3', 'replicas'),
      number('3', 'image', 'tag'),
      number('3', 'version'),
      number('true', 'image', 'x'),
    ];
    expect(ranksOf(leaves, 'redis:3')).toEqual(['image.tag likely', 'version likely']);
  });

  it('are short words only if the key indicates an image', () => {
    expect(ranksOf([leaf('a', 'name'), leaf('a', 'imageName')], 'x/a:1')).toEqual(['imageName likely']);
  });

  it('are found fast in any text', () => {
    const size = 500_000;
    const hostile = ['{{', '-', 'nginx:1 ', '1.', 'a.', '0', '\n', 'x/nginx:1'].map((part) =>
      leaf(`${part.repeat(size / part.length)}\nx`, 'version'),
    );
    const references = Array.from({ length: 500 }, (_, index) => `x/nginx${index}:1`);
    const found = selectCandidates(hostile, ['nginx:1', ...references]);
    expect(found.map(({ points }) => points.length)).toEqual([200]);
    expect(new MarkerSet(found, references).texts).toHaveLength(1);
  });
});

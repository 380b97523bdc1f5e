import { describe, expect, it } from 'vitest';
import { outsideReference } from '../../../src/helm/charts/schema-references.ts';

const within = (reference: string) => JSON.stringify({ properties: { a: { items: [{ $ref: reference }] } } });

describe('a schema refers outside of itself', () => {
  it.each([
    ['by the address of a host', within('http://169.254.169.254/latest'), 'http://169.254.169.254/latest'],
    ['by the address of a file', within('file:///etc/passwd'), 'file:///etc/passwd'],
    ['by a relative path', within('other.json#/a'), 'other.json#/a'],
    ['by a path upwards', within('../../etc/passwd'), '../../etc/passwd'],
    ['by a percent-encoded path', within('%2e%2e/etc/passwd'), '%2e%2e/etc/passwd'],
    ['by an address without a scheme', within('//host/a'), '//host/a'],
    ['by a query', within('?a#/b'), '?a#/b'],
    ['by a dynamic reference', '{"$dynamicRef":"http://h/a"}', 'http://h/a'],
    ['by a recursive reference', '{"$recursiveRef":"http://h/a"}', 'http://h/a'],
    ['by a meta-schema of its own', '{"$schema":"http://h/a"}', 'http://h/a'],
    ['by a meta-schema that helm lacks', '{"$schema":"http://json-schema.org/draft-03/schema#"}', 'draft-03'],
    [
      'by a host that only looks like that of meta-schemas',
      within('https://json-schema.org.evil.example/schema'),
      'evil',
    ],
    ['by a path that only begins like a meta-schema', within('http://json-schema.org/schema/../x'), 'schema/../x'],
    ['by a key in escapes', '{"\\u0024r\\u0065f":"http:\\/\\/h\\/a"}', 'http://h/a'],
    ['by the first of two equal keys', '{"$ref":"file:///a","$ref":"#/b"}', 'file:///a'],
    ['by the last of two equal keys', '{"$ref":"#/b","$ref":"file:///a"}', 'file:///a'],
    ['with blanks and line ends around the colon', '{"$ref"\n :\t\n"file:///a"}', 'file:///a'],
    ['behind a byte-order mark', '\ufeff{"$ref":"file:///a"}', 'file:///a'],
    ['in an object that only a pointer makes a schema', '{"$ref":"#/x","x":{"$ref":"file:///a"}}', 'file:///a'],
    ['behind strings with quotes and braces', '{"a":"\\"}{\\\\","$ref":"file:///a"}', 'file:///a'],
  ])('%s', (_, schema, reference) => {
    expect(outsideReference(schema)).toContain(reference);
  });

  it('at any depth, without running out of stack or time', () => {
    const deep = `${'{"a":'.repeat(500_000)}{"$ref":"file:///a"}${'}'.repeat(500_000)}`;
    expect(outsideReference(deep)).toBe('file:///a');
    expect(outsideReference(`"${'\\"'.repeat(2_000_000)}`)).toBeUndefined();
    expect(outsideReference(`{"${'a'.repeat(5_000_000)}":1,"$ref":"file:///a"}`)).toBe('file:///a');
  });
});

describe('a schema keeps to itself', () => {
  it.each([
    ['with references to its own definitions', within('#/definitions/a%2Fb')],
    ['with a reference to itself', within('#')],
    ['with an anchor', '{"$ref":"#foo","$defs":{"a":{"$anchor":"foo"}}}'],
    ['with a name of its own', '{"$id":"https://example.com/root.json","$ref":"#/definitions/a"}'],
    ['with a property called $ref', '{"properties":{"$ref":{"type":"string"},"$schema":{"type":"string"}}}'],
    ['with an address in a text', '{"description":"$ref: http://h/a","examples":["$ref","http://h/a"]}'],
    ['with an address in a map of addresses', '{"default":{"url":"http://h/a"}}'],
    ['with a list where a reference belongs', '{"$ref":["http://h/a"]}'],
  ])('%s', (_, schema) => {
    expect(outsideReference(schema)).toBeUndefined();
  });

  it.each([
    'http://json-schema.org/schema#',
    'http://json-schema.org/draft-04/schema#',
    'http://json-schema.org/draft-06/schema',
    'https://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/2020-12/schema',
  ])('with the meta-schema %s, which helm has', (address) => {
    expect(outsideReference(JSON.stringify({ $schema: address }))).toBeUndefined();
  });

  it('with a reference into a meta-schema that every helm has', () => {
    expect(outsideReference(within('http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger'))).toBe(
      undefined,
    );
    expect(outsideReference(within('https://json-schema.org/draft/2020-12/schema'))).toContain('2020-12');
  });
});

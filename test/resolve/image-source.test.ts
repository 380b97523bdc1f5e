import { expect, test } from 'vitest';
import { parseSource } from '../../src/resolve/image-source.ts';

test.each([
  ['myregistry.azurecr.io', 'myregistry.azurecr.io', ''],
  ['sourceacr.azurecr.io/test', 'sourceacr.azurecr.io', 'test'],
  ['ghcr.io/path/deeper', 'ghcr.io', 'path/deeper'],
  ['localhost:5000', 'localhost:5000', ''],
  [' https://MyRegistry.azurecr.io/ ', 'myregistry.azurecr.io', ''],
  ['index.docker.io', 'docker.io', ''],
])('%s is the registry %s with the namespace "%s"', (text, registry, namespace) => {
  expect(parseSource(text)).toMatchObject({ ok: true, value: { kind: 'registry', registry, namespace } });
});

test('upstream is the registry that each reference names', () => {
  expect(parseSource('upstream')).toEqual({ ok: true, value: { kind: 'upstream', text: 'upstream' } });
});

test.each([
  ['myregistry', 'does not start with a registry host'],
  ['', 'does not start with a registry host'],
  ['bad host.io/x', 'does not start with a registry host'],
  ['myregistry.azurecr.io/Upper', 'is not a namespace'],
  ['myregistry.azurecr.io//x', 'is not a namespace'],
])('"%s" is refused, because it %s', (text, reason) => {
  expect(parseSource(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

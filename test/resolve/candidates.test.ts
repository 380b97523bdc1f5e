import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatReference } from '../../src/core/oci/registry-reference.ts';
import { candidatesOf } from '../../src/resolve/candidates.ts';
import { referenceOf, sourcesOf } from '../support/discovered.ts';

const hex = 'a'.repeat(64);

/** `place → repository in the target`, in order. */
function referencesOf(reference: string, ...sources: readonly string[]): readonly string[] {
  return candidatesOf(referenceOf(reference), sourcesOf(...sources)).map(
    ({ reference, targetRepository }) => `${formatReference(reference)} → ${targetRepository}`,
  );
}

test.each([
  [
    'a placeholder in front may be taken off, or be a real namespace',
    'repository/release/contoso-a:1.0.0',
    ['R.io'],
    [
      'r.io/release/contoso-a:1.0.0 → release/contoso-a',
      'r.io/repository/release/contoso-a:1.0.0 → repository/release/contoso-a',
    ],
  ],
  [
    'the namespace of a source is searched and never part of the target',
    'repository/test-release/contoso-test:1.0.0',
    ['r.io', 'r.io/test'],
    [
      'r.io/test-release/contoso-test:1.0.0 → test-release/contoso-test',
      'r.io/repository/test-release/contoso-test:1.0.0 → repository/test-release/contoso-test',
      'r.io/test/test-release/contoso-test:1.0.0 → test-release/contoso-test',
      'r.io/test/repository/test-release/contoso-test:1.0.0 → repository/test-release/contoso-test',
    ],
  ],
  [
    'a real namespace is found behind the shorter form',
    'core/contoso-a:1.0.0',
    ['r.io'],
    ['r.io/contoso-a:1.0.0 → contoso-a', 'r.io/core/contoso-a:1.0.0 → core/contoso-a'],
  ],
  [
    'Docker Hub keeps one-part names below library/, the target does not',
    'overwriteme/nginx:stable',
    ['docker.io'],
    ['docker.io/library/nginx:stable → nginx', 'docker.io/overwriteme/nginx:stable → overwriteme/nginx'],
  ],
  ['a name without a slash is the path', 'nginx:1.25', ['r.io/mirror'], ['r.io/mirror/nginx:1.25 → nginx']],
  [
    'library/ is implied in Docker Hub only',
    'nginx:1.25',
    ['docker.io', 'quay.io'],
    ['docker.io/library/nginx:1.25 → nginx', 'quay.io/nginx:1.25 → nginx'],
  ],
  [
    'a namespace of Docker Hub needs no library/',
    'nginx:1.25',
    ['docker.io/bitnami'],
    ['docker.io/bitnami/nginx:1.25 → nginx'],
  ],
  [
    'a library/ that the chart writes is kept',
    'docker.io/library/nginx:1.25',
    ['r.io'],
    ['r.io/library/nginx:1.25 → library/nginx'],
  ],
  [
    'a place that both forms lead to is asked once',
    'library/nginx:1.25',
    ['docker.io'],
    ['docker.io/library/nginx:1.25 → nginx'],
  ],
  [
    'a registry in the reference is taken off',
    'quay.io/core/contoso-a:1',
    ['r.io/ns'],
    ['r.io/ns/core/contoso-a:1 → core/contoso-a'],
  ],
  [
    'a registry with a port is taken off',
    'myhost:5000/core/contoso-a:1',
    ['localhost:5001'],
    ['localhost:5001/core/contoso-a:1 → core/contoso-a'],
  ],
  ['localhost is a registry', 'localhost/core/contoso-a:1', ['r.io'], ['r.io/core/contoso-a:1 → core/contoso-a']],
  ['no tag means latest', 'r.io/a/b', ['r.io'], ['r.io/a/b:latest → a/b']],
  ['a digest needs no tag', `r.io/a/b@sha256:${hex}`, ['s.io'], [`s.io/a/b@sha256:${hex} → a/b`]],
  ['a tag beside a digest is kept', `r.io/a/b:1@sha256:${hex}`, ['s.io'], [`s.io/a/b:1@sha256:${hex} → a/b`]],
  [
    'upstream is the registry that the reference names',
    'quay.io/jetstack/x:1',
    ['upstream'],
    ['quay.io/jetstack/x:1 → jetstack/x'],
  ],
  ['upstream keeps the port', 'myhost:5000/x:1', ['upstream'], ['myhost:5000/x:1 → x']],
  [
    'upstream is Docker Hub where the reference names none',
    'grafana/grafana:11',
    ['upstream'],
    ['docker.io/grafana/grafana:11 → grafana/grafana'],
  ],
  ['upstream adds library/ to one-part names', 'nginx', ['upstream'], ['docker.io/library/nginx:latest → nginx']],
  [
    'every name of Docker Hub is docker.io',
    'registry-1.docker.io/nginx:1',
    ['upstream', 'index.docker.io'],
    ['docker.io/library/nginx:1 → nginx'],
  ],
  [
    'sources keep their order and upstream can stand anywhere',
    'quay.io/a/b:1',
    ['r.io', 'upstream', 's.io/ns'],
    ['r.io/a/b:1 → a/b', 'quay.io/a/b:1 → a/b', 's.io/ns/a/b:1 → a/b'],
  ],
  ['a source listed twice is asked once', 'quay.io/a/b:1', ['r.io', 'r.io'], ['r.io/a/b:1 → a/b']],
])('%s: %s', (_, reference, sources, places) => {
  expect(referencesOf(reference, ...sources)).toEqual(places);
});

const part = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const host = fc.constantFrom('docker.io', 'r.io', 'localhost:5000', 'quay.io');
const source = fc.oneof(
  fc.constant('upstream'),
  host,
  fc.tuple(host, path).map(([registry, namespace]) => `${registry}/${namespace}`),
);
const reference = fc
  .tuple(fc.option(host), path, fc.constantFrom('', ':1.0', `@sha256:${hex}`, `:1.0@sha256:${hex}`))
  .map(([registry, repository, key]) => `${registry === null ? '' : `${registry}/`}${repository}${key}`);

test('for any chart and sources, each candidate is unique, in its source, and ends with a path of the chart', () => {
  fc.assert(
    fc.property(reference, fc.array(source, { minLength: 1, maxLength: 4 }), (text, sources) => {
      const parsed = referenceOf(text);
      const candidates = candidatesOf(parsed, sourcesOf(...sources));
      const places = candidates.map(({ reference }) => formatReference(reference));
      expect(new Set(places).size).toBe(places.length);
      for (const { source, reference: location, targetRepository } of candidates) {
        const inSource =
          source.kind === 'upstream' || `${location.registry}/${location.repository}/`.startsWith(`${source.text}/`);
        expect(inSource).toBe(true);
        expect(`/${location.repository}`.endsWith(`/${targetRepository}`)).toBe(true);
        expect(`/${parsed.repository}`.endsWith(`/${targetRepository}`)).toBe(true);
        expect(location.digest).toBe(parsed.digest);
        expect(location.tag ?? location.digest).toBeDefined();
      }
    }),
  );
});

test.each(['mydocker.io', 'docker.io.example.com', 'docker.io:5000', 'registry.docker.io'])(
  'a registry that is called like Docker Hub is asked for nginx and not for library/nginx: %s',
  (registry) => {
    expect(referencesOf('nginx:1.25', registry)).toEqual([`${registry}/nginx:1.25 → nginx`]);
  },
);

test.each(['docker.io', 'index.docker.io', 'registry-1.docker.io'])('%s is Docker Hub', (registry) => {
  expect(referencesOf('nginx:1.25', registry)).toEqual(['docker.io/library/nginx:1.25 → nginx']);
});

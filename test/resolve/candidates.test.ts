import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImageReference } from '../../src/core/oci/reference.ts';
import { formatReference } from '../../src/core/oci/registry-reference.ts';
import { candidatesOf } from '../../src/resolve/candidates.ts';
import { type PathForm, undecidedComponent } from '../../src/resolve/path-rule.ts';
import { referenceOf, sourcesOf } from '../support/discovered.ts';

const hex = 'a'.repeat(64);

/** `place → repository in the target`, in order. */
function placesOf(reference: string, sources: readonly string[], forms: readonly PathForm[]): readonly string[] {
  return candidatesOf(referenceOf(reference), sourcesOf(...sources), forms).map(
    ({ reference, targetRepository }) => `${formatReference(reference)} → ${targetRepository}`,
  );
}

test.each<[string, string, readonly string[], readonly PathForm[], readonly string[]]>([
  [
    'a reference is taken whole',
    'bitnami/redis:7.2',
    ['r.io', 's.io/mirror'],
    ['whole'],
    ['r.io/bitnami/redis:7.2 → bitnami/redis', 's.io/mirror/bitnami/redis:7.2 → bitnami/redis'],
  ],
  [
    'a listed placeholder is left out, and upstream has no registry for it',
    'repository/release/contoso-a:1.0.0',
    ['upstream', 'r.io/test'],
    ['stripped'],
    ['r.io/test/release/contoso-a:1.0.0 → release/contoso-a'],
  ],
  [
    'a placeholder that is no component of a path is left out, and upstream has no registry for it',
    'OVERWRITE_ME/release/contoso-a:1.0.0',
    ['upstream', 'r.io'],
    ['whole'],
    ['r.io/release/contoso-a:1.0.0 → release/contoso-a'],
  ],
  ['an empty registry is left out', '/contosoapp:1.14.2', ['r.io'], ['whole'], ['r.io/contosoapp:1.14.2 → contosoapp']],
  [
    'the path without a placeholder is first in each source',
    'repository/test-release/contoso-test:1.0.0',
    ['r.io', 'r.io/test'],
    ['stripped', 'whole'],
    [
      'r.io/test-release/contoso-test:1.0.0 → test-release/contoso-test',
      'r.io/repository/test-release/contoso-test:1.0.0 → repository/test-release/contoso-test',
      'r.io/test/test-release/contoso-test:1.0.0 → test-release/contoso-test',
      'r.io/test/repository/test-release/contoso-test:1.0.0 → repository/test-release/contoso-test',
    ],
  ],
  [
    'the path with a namespace is first in every source, before another image of the first one',
    'core/contoso-a:1.0.0',
    ['r.io', 's.io'],
    ['whole', 'stripped'],
    [
      'r.io/core/contoso-a:1.0.0 → core/contoso-a',
      's.io/core/contoso-a:1.0.0 → core/contoso-a',
      'r.io/contoso-a:1.0.0 → contoso-a',
      's.io/contoso-a:1.0.0 → contoso-a',
    ],
  ],
  [
    'Docker Hub keeps one-part names below library/, the target does not',
    'overwriteme/nginx:stable',
    ['docker.io'],
    ['stripped', 'whole'],
    ['docker.io/library/nginx:stable → nginx', 'docker.io/overwriteme/nginx:stable → overwriteme/nginx'],
  ],
  [
    'upstream has the whole path only',
    'overwriteme/nginx:stable',
    ['upstream'],
    ['stripped', 'whole'],
    ['docker.io/overwriteme/nginx:stable → overwriteme/nginx'],
  ],
  ...(['docker.io', 'upstream'] as const).flatMap((source) => [
    [
      `library/ that the chart writes is kept in the target from ${source}`,
      'library/nginx:1',
      [source],
      ['whole'],
      ['docker.io/library/nginx:1 → library/nginx'],
    ] satisfies [string, string, string[], PathForm[], string[]],
    [
      `library/ that AOSM overwrites is not in the target from ${source}`,
      'library/nginx:1',
      [source],
      ['stripped', 'whole'],
      ['docker.io/library/nginx:1 → nginx'],
    ] satisfies [string, string, string[], PathForm[], string[]],
  ]),
])('%s: %s', (_, reference, sources, forms, places) => {
  expect(placesOf(reference, sources, forms)).toEqual(places);
});

test.each<[string, string, readonly string[], readonly string[]]>([
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
  expect(placesOf(reference, sources, ['whole'])).toEqual(places);
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

const forms = fc.constantFrom<readonly PathForm[]>(
  ['whole'],
  ['stripped'],
  ['stripped', 'whole'],
  ['whole', 'stripped'],
);

/** Only a reference without a registry and with a slash has another form than the whole. */
function formsFor(parsed: ImageReference, order: readonly PathForm[]): readonly PathForm[] {
  return undecidedComponent(parsed) === undefined ? ['whole'] : order;
}

test('for any chart and sources, each candidate is unique, in its source, and ends with a path of the chart', () => {
  fc.assert(
    fc.property(reference, fc.array(source, { minLength: 1, maxLength: 4 }), forms, (text, sources, order) => {
      const parsed = referenceOf(text);
      const candidates = candidatesOf(parsed, sourcesOf(...sources), formsFor(parsed, order));
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
    expect(placesOf('nginx:1.25', [registry], ['whole'])).toEqual([`${registry}/nginx:1.25 → nginx`]);
  },
);

test.each(['docker.io', 'index.docker.io', 'registry-1.docker.io'])('%s is Docker Hub', (registry) => {
  expect(placesOf('nginx:1.25', [registry], ['whole'])).toEqual(['docker.io/library/nginx:1.25 → nginx']);
});

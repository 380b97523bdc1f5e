/** Which other repositories are looked at for an absent image, in which order, and what would make them count. */
import { describe, expect, test } from 'vitest';
import {
  type AlternativeRepository,
  guess,
  inCatalog,
  pathSuffixes,
  withoutFirst,
} from '../../src/resolve/alternative-repositories.ts';
import { candidatesOf } from '../../src/resolve/candidates.ts';
import type { PathForm } from '../../src/resolve/path-rule.ts';
import type { Resolution } from '../../src/resolve/resolution.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';

/** An image that all of these sources were asked for in vain. */
function absent(text: string, sources: readonly string[], forms: readonly PathForm[] = ['whole']): Resolution {
  const image = discovered(text);
  const candidates = candidatesOf(image.reference, sourcesOf(...sources), forms);
  const lookups = candidates.map((candidate) => ({ result: 'absent', candidate, reason: 'not found' }) as const);
  return { status: 'absent', image, lookups };
}

/** `reference (part): remedy`. */
function shown(alternatives: readonly AlternativeRepository[]) {
  return alternatives.map(({ reference: { registry, repository, tag, digest }, part, remedy }) => {
    const key = [tag && `:${tag}`, digest && `@${digest}`].join('');
    return `${registry}/${repository}${key} (${part}): ${remedy}`;
  });
}

const digest = `sha256:${'0'.repeat(64)}`;

test('a path is looked for by each of its ends', () => {
  expect(pathSuffixes('a/b/c')).toEqual(['a/b/c', 'b/c', 'c']);
  expect(pathSuffixes('c')).toEqual(['c']);
});

describe('a repository of the catalog', () => {
  const inR = (text: string, repositories: readonly string[], forms: readonly PathForm[] = ['whole']) =>
    shown(inCatalog(absent(text, ['r.io'], forms), 'r.io', repositories, forms));

  test('that ends with the whole path is a namespace for image-sources, and with a part of it a name for the chart', () => {
    expect(inR('core/app:1', ['x/core/app', 'edge/app', 'app'])).toEqual([
      'r.io/x/core/app:1 (namespace): add r.io/x to image-sources',
      'r.io/app:1 (namespace): write r.io/app:1 in the chart',
      'r.io/edge/app:1 (namespace): write r.io/edge/app:1 in the chart',
    ]);
  });

  test('that ends with the path after a placeholder is a namespace for image-sources', () => {
    expect(inR('repository/core/app:1', ['x/core/app', 'y/app'], ['stripped', 'whole'])).toEqual([
      'r.io/x/core/app:1 (namespace): add r.io/x to image-sources',
      'r.io/y/app:1 (namespace): write r.io/y/app:1 in the chart',
    ]);
  });

  test('is named once, shortest first, and in the same order in each run', () => {
    expect(inR('core/app:1', ['zz/core/app', 'b/core/app', 'a/core/app', 'a/core/app'])).toEqual([
      'r.io/a/core/app:1 (namespace): add r.io/a to image-sources',
      'r.io/b/core/app:1 (namespace): add r.io/b to image-sources',
      'r.io/zz/core/app:1 (namespace): add r.io/zz to image-sources',
    ]);
  });

  test('that was looked at already, or only ends alike, is not named', () => {
    expect(inR('core/app:1', ['core/app', 'core/myapp', 'app/core', 'xcore/app-2'])).toEqual([]);
  });

  test('below the name of the registry of the reference is a mistake of the registry', () => {
    const forms = ['whole'] as const;
    const own = absent('quay.io:443/org/app:1', ['r.io'], forms);
    expect(shown(inCatalog(own, 'r.io', ['mirror/quay.io/org/app', 'quay.io/x/org/app'], forms))).toEqual([
      'r.io/quay.io/x/org/app:1 (namespace): add r.io/quay.io/x to image-sources',
      'r.io/mirror/quay.io/org/app:1 (registry): add r.io/mirror/quay.io to image-sources',
    ]);
  });

  test('is meant with the tag or the digest of the reference, and without both with latest', () => {
    expect(inR('core/app', ['x/core/app'])).toEqual([
      'r.io/x/core/app:latest (namespace): add r.io/x to image-sources',
    ]);
    expect(inR(`core/app@${digest}`, ['x/core/app'])).toEqual([
      `r.io/x/core/app@${digest} (namespace): add r.io/x to image-sources`,
    ]);
    expect(inR(`core/app:1@${digest}`, ['x/core/app'])).toEqual([
      `r.io/x/core/app:1@${digest} (namespace): add r.io/x to image-sources`,
    ]);
  });
});

describe('the path without its first component', () => {
  test('is offered with both ways to mean it, in each source', () => {
    expect(shown(withoutFirst(absent('core/app:1', ['r.io']), sourcesOf('r.io', 'q.io/m'), ['whole']))).toEqual([
      'r.io/app:1 (registry): add core to placeholder-registries, or write r.io/app:1 in the chart',
      'q.io/m/app:1 (registry): add core to placeholder-registries, or write q.io/m/app:1 in the chart',
    ]);
  });

  test.each<[string, string, readonly PathForm[]]>([
    ['was looked at already', 'core/app:1', ['stripped', 'whole']],
    ['is after a registry', 'quay.io/core/app:1', ['whole']],
    ['is all there is', 'app:1', ['whole']],
  ])('is not offered where it %s', (_, text, forms) => {
    expect(withoutFirst(absent(text, ['r.io']), sourcesOf('r.io'), forms)).toEqual([]);
  });
});

describe('a guess without a catalog', () => {
  const guessed = (text: string, sources: readonly string[], known: readonly string[] = []) =>
    shown(guess(absent(text, sources), sourcesOf(...sources), known));

  test('is the registry of the reference as a namespace, without its port, then the source without its namespace', () => {
    expect(guessed('quay.io:8443/org/app:1', ['r.io/m'])).toEqual([
      'r.io/m/quay.io/org/app:1 (registry): add r.io/m/quay.io to image-sources',
      'r.io/org/app:1 (namespace): write r.io/org/app:1 in the chart',
    ]);
  });

  test('is only what no source was asked for', () => {
    expect(guessed('core/app:1', ['r.io'])).toEqual([]);
    expect(guessed('core/app:1', ['r.io/m', 'r.io'])).toEqual([]);
  });

  test('never has the registry of the reference itself, which says nothing of a mirror', () => {
    expect(guessed('quay.io/org/app:1', ['upstream'])).toEqual([]);
  });

  test('is a registry of the run whose name begins with the first component', () => {
    const known = ['myreg.azurecr.io', 'myregistry.io', 'other.io'];
    expect(guessed('myreg/org/app:1', ['r.io'], known)).toEqual([
      'myreg.azurecr.io/org/app:1 (registry): write myreg.azurecr.io/org/app:1 in the chart',
    ]);
    expect(guessed('myreg:1', ['r.io'], known)).toEqual([]);
    expect(guessed('myreg.azurecr.io/org/app:1', ['upstream'], known)).toEqual([]);
  });

  test('of Docker Hub has the library of its official images', () => {
    expect(guessed('docker/nginx:1', ['r.io'], ['docker.io'])).toEqual([
      'docker.io/library/nginx:1 (registry): write docker.io/library/nginx:1 in the chart',
    ]);
  });
});

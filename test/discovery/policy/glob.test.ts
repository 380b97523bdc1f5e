import { describe, expect, test } from 'vitest';
import { compileImageGlob, compilePathGlob } from '../../../src/discovery/policy/glob.ts';

const image = (pattern: string, ...texts: readonly string[]) => texts.map(compileImageGlob(pattern));
const path = (pattern: string, ...texts: readonly string[]) => texts.map(compilePathGlob(pattern));

describe('a pattern of images', () => {
  test('matches the whole reference, letter for letter', () => {
    expect(image('docker.io/library/busybox:1.36', 'docker.io/library/busybox:1.36')).toEqual([true]);
    expect(image('busybox:1.36', 'docker.io/library/busybox:1.36', 'busybox:1.36.1', 'Busybox:1.36')).toEqual([
      false,
      false,
      false,
    ]);
    // A dot is a dot.
    expect(image('a.b/c:1.0', 'axb/c:1.0', 'a.b/c:1x0')).toEqual([false, false]);
  });

  test('has * for anything within a component and ** for anything', () => {
    expect(image('ghcr.io/contoso/*:1.*', 'ghcr.io/contoso/web:1.2', 'ghcr.io/contoso/team/web:1.2')).toEqual([
      true,
      false,
    ]);
    expect(image('ghcr.io/**', 'ghcr.io/contoso/team/web:1.2', 'docker.io/ghcr.io/x:1')).toEqual([true, false]);
    expect(image('**/*-test:*', 'ghcr.io/contoso/web-test:1', 'ghcr.io/web-test/web:1')).toEqual([true, false]);
    expect(image('*', 'nginx:1', 'library/nginx:1')).toEqual([true, false]);
  });

  test('without a tag is every version of the image', () => {
    const versions = ['r.example:5000/a/b', 'r.example:5000/a/b:1', `r.example:5000/a/b:1@sha256:${'0'.repeat(64)}`];
    expect(image('r.example:5000/a/b', ...versions)).toEqual([true, true, true]);
    expect(image('r.example:5000/a/b:1', ...versions)).toEqual([false, true, false]);
    expect(image('r.example:5000/a/*', ...versions, 'r.example:5000/a/c/d:1')).toEqual([true, true, true, false]);
  });

  test('costs no more than its length times that of the text', () => {
    const hostile = compileImageGlob(`${'*a'.repeat(30)}*:b`);
    expect(hostile('a'.repeat(20_000))).toBe(false);
  });
});

test('a pattern of YAML paths has keys and indices as components', () => {
  const containers = ['spec.containers[0].image', 'spec.containers[12].image', 'spec.containers[0].env[1].image'];
  expect(path('spec.containers[*].image', ...containers)).toEqual([true, true, false]);
  expect(path('**.image', ...containers)).toEqual([true, true, true]);
  expect(path('data["a.yaml"] > **', 'data["a.yaml"] > spec.image', 'data["b.yaml"] > spec.image')).toEqual([
    true,
    false,
  ]);
});

import { describe, expect, it } from 'vitest';
import {
  classifyReference,
  isRegistryPrefix,
  isUnambiguous,
  isVersionedPath,
} from '../../../src/discovery/classify/reference-form.ts';

const digest = `@sha256:${'0'.repeat(64)}`;

it.each([
  ['r.example.com/a:1', 'registry-tagged'],
  [`r.example.com/a${digest}`, 'registry-tagged'],
  ['a/b:1', 'path-tagged'],
  ['a:1', 'name-tagged'],
  ['localhost/a', 'registry-bare'],
  ['a/b', 'path-bare'],
  ['a', 'name-bare'],
  ['a/b.png', undefined],
  ['image/png', undefined],
  ['application/vnd.oci.image.manifest.v1+json', undefined],
  ['image/png:1', 'path-tagged'],
  ['a/b.png:1', 'path-tagged'],
  ['https://r.example.com/a:1', undefined],
  ['A/B:1', undefined],
  ['', undefined],
] as const)('the shape of "%s" is %s', (text, shape) => {
  expect(classifyReference(text)).toBe(shape);
});

describe('a reference that needs no name beside it', () => {
  it.each([
    'r.example.com/a/b:latest',
    'r.example.com/a:v1.0',
    'registry.example.com/a:v1',
    'team.azurecr.io/a:7',
    `r.example.com/a${digest}`,
    'localhost:5000/a/b:1',
    `a/b${digest}`,
    'r.example.com:8443/a/b:v1',
    'r.example.com/a:20240131',
  ])('is %s', (text) => {
    expect(isUnambiguous(text)).toBe(true);
  });

  it.each([
    'a/b:1',
    'r.example.com/a/b',
    'metrics:8080',
    'r.example.com/a:8080',
    'backend.default.svc:9090/api/v1:watch',
    'api.example.com:9090/api/v1:watch',
    'app.kubernetes.io/component:v1',
    'example.com/dedicated:NoSchedule',
    'example.com/gpu:1',
    'example.com/sriov_net:1',
    'example.com/group:v1',
    'host.example/svc:80',
    'redis.example/cache:0',
    '10.0.0.1/a:1',
    'a.b/c:d:e',
  ])('is not %s', (text) => {
    expect(isUnambiguous(text)).toBe(false);
  });
});

it('a path with a version is one whose tag can be nothing else', () => {
  expect(
    ['a/b:1.2', 'a/b:v1', 'a/b:v1.2.3-rc.1', 'a/b:latest', `a/b${digest}`].filter((text) => !isVersionedPath(text)),
  ).toEqual([]);
  expect(['a/b:8080', 'a/b:watch', 'a/b:3', 'a:1.2', 'a/b', 'r.example.com/a:1.2'].filter(isVersionedPath)).toEqual([]);
});

it('a registry prefix is a host with or without a path', () => {
  expect(['docker.io', 'quay.io/team', 'localhost:5000'].filter((text) => !isRegistryPrefix(text))).toEqual([]);
  expect(['team', 'https://docker.io', 'docker.io/', ''].filter(isRegistryPrefix)).toEqual([]);
});

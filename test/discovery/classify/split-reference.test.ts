import { expect, test } from 'vitest';
import { assembleReference, partsByStem, type SplitContext } from '../../../src/discovery/classify/split-reference.ts';

/** Fields of one map, as they are written. */
function assembled(fields: Readonly<Record<string, string>>, context: SplitContext = 'map', stem = '') {
  const named = Object.entries(fields).map(([name, text], offset) => ({
    name,
    text,
    position: { path: { key: name, parent: undefined }, offset, linesBelow: 0 },
  }));
  const found = assembleReference(partsByStem(named).get(stem) ?? {}, context);
  return found?.type === 'image' ? found.image : found?.type;
}

const sha = `sha256:${'a'.repeat(64)}`;

test('repository and tag are one reference, with the registry before them', () => {
  expect(assembled({ repository: 'team/app', tag: '1.0' })).toBe('team/app:1.0');
  expect(assembled({ registry: 'r.example', repository: 'team/app', tag: '1.0' })).toBe('r.example/team/app:1.0');
});

test('a registry that the repository has already is not written twice', () => {
  expect(assembled({ registry: 'r.example', repository: 'r.example/app', tag: '1' })).toBe('r.example/app:1');
});

test('variables of one stem are one reference, and those of another stem are not part of it', () => {
  const variables = { PROXY_REPOSITORY: 'team/proxy', PROXY_TAG: '2', AGENT_TAG: '3' };
  expect(assembled(variables, 'variables', 'proxy')).toBe('team/proxy:2');
  expect(assembled(variables, 'variables', 'agent')).toBeUndefined();
});

test('a digest stands after the tag, also without its algorithm or in the place of the tag', () => {
  expect(assembled({ repository: 'team/app', tag: '1', digest: sha })).toBe(`team/app:1@${sha}`);
  expect(assembled({ repository: 'team/app', digest: 'a'.repeat(64) })).toBe(`team/app@${sha}`);
  expect(assembled({ repository: 'team/app', tag: sha })).toBe(`team/app@${sha}`);
});

test('a repository without tag and digest is no image, for it can be a repository of code', () => {
  expect(assembled({ repository: 'team/app' })).toBeUndefined();
});

test('a version is a tag only beside an image or a registry, for charts have versions too', () => {
  expect(assembled({ repository: 'team/app', version: '1.0' })).toBeUndefined();
  expect(assembled({ registry: 'r.example', repository: 'team/app', version: '1.0' })).toBe('r.example/team/app:1.0');
});

test('a name and a namespace are part of a reference only in a map that is called image', () => {
  const fields = { registry: 'r.example', namespace: 'team', name: 'app', tag: '1' };
  expect(assembled(fields, 'image-map')).toBe('r.example/team/app:1');
  expect(assembled(fields)).toBe('r.example/app:1');
  expect(assembled({ name: 'app', tag: '1' })).toBeUndefined();
});

test('a tag that its author has to replace is a placeholder, not an image', () => {
  expect(assembled({ repository: 'team/app', tag: '<version>' })).toBe('placeholder');
});

test('a tag with a plus sign, which no registry takes, is reported', () => {
  expect(assembled({ repository: 'r.example/app', tag: '1.0+build' })).toBe('unreadable');
});

test('the name tag of a cloud resource is not an image', () => {
  expect(
    partsByStem([{ name: 'NameTag', text: 'web', position: { path: undefined, offset: 0, linesBelow: 0 } }]),
  ).toEqual(new Map());
});

import { expect, test } from 'vitest';
import { type Credential, describeIdentity, secretVariants } from '../../../src/registry/credentials/credential.ts';

test('a user name is named in messages', () => {
  expect(describeIdentity({ kind: 'basic', username: 'robot', password: 'pass' })).toBe('the user robot');
});

test.each([
  'ghp_0123456789',
  'gho_0123456789',
  'github_pat_11AAAA',
  'glpat-0123456789',
  'dckr_pat_0123',
  'eyJhbGciOi',
  'a'.repeat(37),
])('what may be a token in the place of a user name is not shown: %s', (username) => {
  expect(describeIdentity({ kind: 'basic', username, password: 'x' })).toBeUndefined();
});

test.each(['a'.repeat(36), '00000000-0000-0000-0000-000000000000', 'ghost', 'me-glpat-x'])(
  'what only looks a little like a token is a user name: %s',
  (username) => {
    expect(describeIdentity({ kind: 'basic', username, password: 'x' })).toBe(`the user ${username}`);
  },
);

test('a user name that is the password too is not shown', () => {
  expect(describeIdentity({ kind: 'basic', username: 'same', password: 'same' })).toBeUndefined();
});

test('an identity has the name that it was given', () => {
  expect(describeIdentity({ kind: 'basic', username: 'robot', password: 'x', identity: 'the connection c' })).toBe(
    'the connection c',
  );
  expect(describeIdentity({ kind: 'identity-token', token: 'x', identity: 'the connection c' })).toBe(
    'the connection c',
  );
  expect(describeIdentity({ kind: 'azure-access-token', token: 'x', identity: 'the session of az' })).toBe(
    'the session of az',
  );
});

test.each<Credential>([
  { kind: 'none' },
  { kind: 'registry-token', token: 'x' },
  { kind: 'identity-token', token: 'x' },
])('nobody can be named for a credential of kind $kind alone', (credential) => {
  expect(describeIdentity(credential)).toBeUndefined();
});

test('a password is hidden as it is, as it stands in a URL, and as it is sent', () => {
  expect(secretVariants({ kind: 'basic', username: 'robot', password: 'a b/ü' })).toEqual([
    'a b/ü',
    'a%20b%2F%C3%BC',
    Buffer.from('robot:a b/ü').toString('base64'),
  ]);
});

test.each(['identity-token', 'registry-token', 'azure-access-token'] as const)('a token is hidden (%s)', (kind) => {
  expect(secretVariants({ kind, token: 'a+b', identity: 'me' })).toEqual(['a+b', 'a%2Bb']);
});

test('a token that needs no escaping is hidden once', () => {
  expect(secretVariants({ kind: 'registry-token', token: 'abc' })).toEqual(['abc']);
});

test('a password with half a sign, which a JSON file may hold, is hidden too', () => {
  expect(secretVariants({ kind: 'registry-token', token: 'a\ud800' })).toEqual(['a\ud800', 'a%EF%BF%BD']);
});

test('where there is no secret nothing is hidden, or all texts would be', () => {
  expect(secretVariants({ kind: 'none' })).toEqual([]);
  expect(secretVariants({ kind: 'basic', username: 'robot', password: '' })).toEqual([]);
  expect(secretVariants({ kind: 'registry-token', token: '' })).toEqual([]);
});

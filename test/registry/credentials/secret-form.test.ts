import { expect, test } from 'vitest';
import { checkSecretForm } from '../../../src/registry/credentials/secret-form.ts';

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line-${index}`).join('\n');

test('a password of as many lines as a JSON key has is used', () => {
  checkSecretForm({ kind: 'basic', username: '_json_key', password: lines(100) }, 'gcr.io');
});

test('a password or token of thousands of lines is refused: each line would be masked in all output', () => {
  const whose = 'the test';
  for (const credential of [
    { kind: 'basic', username: 'user', password: lines(15_000) },
    { kind: 'identity-token', token: lines(15_000) },
    { kind: 'azure-access-token', token: lines(15_000), identity: whose },
  ] as const) {
    expect(() => checkSecretForm(credential, 'r.example')).toThrow(
      /^Cannot use the .* for r\.example: it has 15000 lines/,
    );
  }
});

test('a registry token that no header can carry is refused, and not quoted', () => {
  for (const token of ['opensesame\n', 'open sesame', 'open\r\nx-sesame: 1', 'öpensesame']) {
    const use = () => checkSecretForm({ kind: 'registry-token', token }, 'r.example');
    expect(use).toThrow('Cannot use the token for r.example: it contains blanks or line ends.');
  }
});

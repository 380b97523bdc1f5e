/** What Microsoft Entra ID says when it refuses an identity, as a user reads it. */
import { expect, test } from 'vitest';
import { entraError } from '../../../src/registry/credentials/entra-error.ts';

const general = 'Check the identity of this run, and that it is allowed on this machine.';

test.each<[string, string, string]>([
  [
    'up to its trace',
    "ClientAuthError: invalid_client: 700016 - AADSTS700016: Application 'x' was not found. Trace ID: 1-2 Correlation ID: 3 Timestamp: 4",
    "AADSTS700016: Application 'x' was not found.",
  ],
  ['up to its correlation', 'AADSTS50013: Assertion failed.Correlation ID: 3', 'AADSTS50013: Assertion failed.'],
  ['up to its time', 'AADSTS50013: Assertion failed.   Timestamp: 4', 'AADSTS50013: Assertion failed.'],
  [
    'up to the end of its line',
    'AADSTS50013: Assertion failed.\nat Object.<anonymous>',
    'AADSTS50013: Assertion failed.',
  ],
  ['as a whole without a code of Entra', 'getaddrinfo ENOTFOUND login', 'getaddrinfo ENOTFOUND login'],
  ['as a whole with a code without a number', 'AADSTS: unknown', 'AADSTS: unknown'],
])('a refusal is shown %s', (_, text, said) => {
  expect(entraError('the app me', new Error(text))).toMatchObject({
    code: 'azure-identity',
    message: `Microsoft Entra ID rejected the app me: ${said}`,
  });
});

test('a refusal that is no error but a text is shown too', () => {
  expect(entraError('the app me', 'AADSTS7000222: The secret is expired.').message).toContain('The secret is expired.');
});

test.each([
  ['7000215', 'current client secret'],
  ['7000222', 'Create a new client secret'],
  ['700016', 'must exist in that tenant'],
  ['90002', 'AZURE_AUTHORITY_HOST'],
  ['900023', 'GUID or a domain name'],
  ['70021', 'exactly the issuer, subject, and audience'],
  ['700211', 'issuer of this pipeline'],
  ['700212', 'Set the audience'],
  ['700213', 'Set the subject'],
  ['700024', 'clock of the machine'],
  ['700027', 'Register the certificate'],
  ['500011', 'in the cloud'],
  ['50013', 'issuer of the federated credential'],
  ['1', general],
])('the advice for AADSTS%s is what mends it', (code, advice) => {
  expect(entraError('me', new Error(`AADSTS${code}: no`)).advice).toContain(advice);
});

test('a caller that knows better gives its own advice', () => {
  expect(entraError('me', new Error('AADSTS700024: too old'), 'Log in again.').advice).toBe('Log in again.');
  expect(entraError('me', new Error('no code')).advice).toBe(general);
});

test('a token in what Entra says is hidden', () => {
  const token = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.c`;
  expect(entraError('me', new Error(`AADSTS50013: ${token}`)).message).not.toContain('aaaa');
});

/** What a user reads when Azure Resource Manager refuses: who asked, what Azure said, and what to do. */
import { expect, test } from 'vitest';
import { armResponseError, isNotFoundResponse, operationFailedError } from '../../../src/registry/azure/arm-error.ts';

function response(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers, url: new URL('https://management.azure.com/'), bytes: Buffer.from(text) };
}

function refusal(status: number, code: string, message = '', headers: Record<string, string> = {}) {
  return armResponseError(response(status, { error: { code, message } }, headers), 'read the store a', 'the app me');
}

test.each([
  [404, { error: { code: 'ResourceNotFound' } }, true],
  [404, { error: { code: 'NotFound', message: 'no' } }, true],
  [404, { error: { code: 'ParentResourceNotFound' } }, true],
  [404, '', true],
  [404, {}, true],
  [404, { error: { code: 'ResourceGroupNotFound' } }, false],
  [404, { error: { code: 'SubscriptionNotFound' } }, false],
  [403, { error: { code: 'ResourceNotFound' } }, false],
])('%i with %j: whether a store is taken as missing, and not its group or subscription, is %s', (status, body, is) => {
  expect(isNotFoundResponse(response(status, body))).toBe(is);
});

test.each([
  [refusal(403, 'AuthorizationFailed', 'No access.'), 'Azure returned 403 (AuthorizationFailed: No access.).'],
  [refusal(403, 'AuthorizationFailed'), 'Azure returned 403 (AuthorizationFailed).'],
  [refusal(403, '', 'No access.'), 'Azure returned 403 (No access.).'],
  [armResponseError(response(502, '<html>'), 'read the store a', 'the app me'), 'Azure returned 502.'],
  [armResponseError(response(502, { error: 'no' }), 'read the store a', 'the app me'), 'Azure returned 502.'],
])('a refusal is shown with what was tried, the identity, and the words of Azure (%#)', (error, said) => {
  expect(error.message).toBe(`Cannot read the store a as the app me: ${said}`);
});

test('an answer of Azure keeps its names and scopes, and ends after a thousand characters', () => {
  const { message } = refusal(403, 'X', `${'a'.repeat(900)} ${'b'.repeat(900)}`);
  expect(message).toContain('a'.repeat(900));
  expect(message.length).toBeLessThan(1_100);
});

test.each([
  [401, 'unauthorized'],
  [403, 'denied'],
  [404, 'not-found'],
  [429, 'throttled'],
  [409, 'azure-operation'],
  [500, 'azure-operation'],
])('a script that reads the code of the error for status %i finds "%s"', (status, code) => {
  expect(refusal(status, 'Any')).toMatchObject({ code, status });
});

test.each([
  [404, 'SubscriptionNotFound', 'Check azure-subscription'],
  [404, 'InvalidSubscriptionId', 'Check azure-subscription'],
  [404, 'ResourceGroupNotFound', 'Check publisher_resource_group_name'],
  [401, 'InvalidAuthenticationTokenTenant', 'in the tenant of the subscription'],
  [401, 'InvalidAuthenticationTokenAudience', 'AZURE_AUTHORITY_HOST'],
  [401, 'ExpiredAuthenticationToken', 'Check the clock'],
  [409, 'MissingSubscriptionRegistration', 'az provider register'],
  [403, 'Any', 'Request the permission in the message'],
  [409, 'Any', 'Check that this is the correct server'],
  [500, 'Any', 'Try again later'],
])('the advice for %i %s names the input or command that mends it', (status, code, advice) => {
  expect(refusal(status, code).advice).toContain(advice);
});

const denied = (action: string) =>
  `The client 'x' does not have authorization to perform action '${action}' over scope '/subscriptions/s'.`;

test.each([
  [
    'Microsoft.ContainerRegistry/registries/importImage/action',
    ', for example "Container Registry Data Importer and Data Reader" on the registry.',
  ],
  ['Microsoft.ContainerRegistry/registries/read', ', for example "Reader" on the registry.'],
  ['Microsoft.ContainerRegistry/registries/write', ', for example "Contributor" on the registry.'],
  ['Microsoft.HybridNetwork/publishers/read', ', for example "Contributor" on the resource group of the publisher.'],
  ['Microsoft.Other/things/read', '.'],
  ['Other/Microsoft.HybridNetwork/read', '.'],
])('a missing permission %s is named with the least role that has it', (action, role) => {
  const advice = `Assign this identity a role with the action ${action}${role} A new role assignment takes some minutes.`;
  expect(refusal(403, 'AuthorizationFailed', denied(action)).advice).toBe(advice);
  expect(operationFailedError('import a', { code: '', message: denied(action) }, 'the app me').advice).toBe(advice);
});

test('a clock that is wrong is named before a role that is missing', () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  expect(refusal(401, 'ExpiredAuthenticationToken', denied('a/read'), { date }).advice).toContain('60 minutes behind');
});

test.each([
  [{ 'retry-after': '17' }, 'Run again in 17 seconds.'],
  [{ 'retry-after': '0' }, 'Run again in some minutes.'],
  [{}, 'Run again in some minutes.'],
])('throttling says when to run again: %j', (headers: Record<string, string>, advice) => {
  expect(refusal(429, 'TooManyRequests', 'Wait.', headers).advice).toContain(advice);
});

test.each([
  [{ code: 'Conflict', message: 'Tag a:1 already exists.' }, 'Conflict: Tag a:1 already exists'],
  [{ code: '', message: 'no' }, 'no'],
  [{ code: 'Conflict', message: '' }, 'Conflict'],
  [{ code: '', message: '' }, 'no reason given'],
])('an operation that failed later says why, or that Azure gave no reason (%#)', (reason, said) => {
  expect(operationFailedError('import a', reason, 'the app me')).toMatchObject({
    code: 'azure-operation',
    message: `Cannot import a as the app me: the Azure operation failed (${said}).`,
    advice: expect.stringContaining('activity log'),
  });
});

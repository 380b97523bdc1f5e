import { expect, test } from 'vitest';
import { responseError, serverErrors, withOperation } from '../../../src/registry/client/registry-error.ts';

const url = new URL('https://r.example/v2/a/manifests/1');

test.each([
  [
    '{"errors":[{"code":"DENIED","message":"no","detail":{"x":1}},{"code":"TOOMANYREQUESTS"}]}',
    [
      { code: 'DENIED', message: 'no' },
      { code: 'TOOMANYREQUESTS', message: '' },
    ],
  ],
  ['{"details":"incorrect username or password"}', [{ code: '', message: 'incorrect username or password' }]],
  ['{"error":"invalid_grant","error_description":"old"}', [{ code: 'invalid_grant', message: 'old' }]],
  ['{"errors":[{"code":17,"message":null}]}', [{ code: '', message: '' }]],
  ['<html>Bad gateway</html>', []],
  ['"text"', []],
  ['', []],
])('%s is read as structure', (body, errors) => {
  expect(serverErrors(Buffer.from(body))).toEqual(errors);
});

test.each([
  [401, 'unauthorized'],
  [403, 'denied'],
  [404, 'not-found'],
  [429, 'throttled'],
  [504, 'timeout'],
  [500, 'registry-answer'],
  [302, 'registry-answer'],
])('status %i is told as %s, with the operation and the server in its own words', (status, code) => {
  const bytes = Buffer.from('{"errors":[{"code":"X","message":"its words\\u001b[1m"}]}');
  const error = withOperation('look up r.example/a:1', responseError({ status, headers: {}, url, bytes }));
  expect([error.code, error.message]).toEqual([
    code,
    `Cannot look up r.example/a:1: r.example returned ${status} (X: its words [1m).`,
  ]);
  expect(error.advice).not.toBe('');
});

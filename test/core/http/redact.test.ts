import { expect, test } from 'vitest';
import { redactSecrets, redactServerText, redactUrl } from '../../../src/core/http/redact.ts';

test.each([
  ['https://user:secret@host.example/v2/', 'https://host.example/v2/'],
  ['https://host.example/blob?sig=abc&se=2030#part', 'https://host.example/blob?sig=***&se=***'],
  [
    'https://host.example/t?service=s&scope=repository:a:pull',
    'https://host.example/t?service=s&scope=repository:a:pull',
  ],
  [
    'https://host.example/b?X-Amz-Signature=abc&X-Amz-Credential=k',
    'https://host.example/b?X-Amz-Signature=***&X-Amz-Credential=***',
  ],
  ['not a url with ?token=abc', '***'],
])('%s is shown as %s', (url, redacted) => {
  expect(redactUrl(url)).toBe(redacted);
});

test('what a server says becomes one line without control or direction-changing characters', () => {
  expect(redactServerText(' a\r\n::error::b\u001b[31m\u202ec\u0000 ')).toBe('a ::error::b [31m c');
});

test('what a server says is cut', () => {
  expect(redactServerText('x'.repeat(1000))).toBe(`${'x'.repeat(300)}…`);
});

test('URLs and tokens in what a server says are redacted', () => {
  expect(redactServerText('see https://u:p@h.example/x?token=abc, got eyJhbGciOi.eyJzdWIi.c2ln')).toBe(
    'see https://h.example/x?token=***, got ***',
  );
});

test('in a longer text only what may be secret changes', () => {
  expect(redactSecrets('a\n  https://h.example and oci://u:p@r.example/a:1, https://h.example/c?sig=abc.')).toBe(
    'a\n  https://h.example and oci://r.example/a:1, https://h.example/c?sig=***.',
  );
});

test('a text of token beginnings without end is redacted in no time, and tokens within words still are', () => {
  const text = 'eyJ-'.repeat(50_000);
  // In the square of the time, this would take minutes.
  expect(redactSecrets(text)).toBe(text);
  expect(redactSecrets(`${text}. x-eyJabc.def.ghi, eyJq.w`)).toBe(`${text}. x-***, eyJq.w`.replace('eyJq.w', '***'));
});

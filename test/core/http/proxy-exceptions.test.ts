import { expect, test } from 'vitest';
import { parseNoProxy } from '../../../src/core/http/proxy-exceptions.ts';

test.each([
  ['10.0.0.0/8', 'https://10.1.2.3/v2/', true],
  ['10.0.0.0/8', 'https://11.1.2.3/v2/', false],
  ['10.0.0.0/8', 'http://registry.example.com/', false],
  ['fd00::/8', 'https://[fd12:3456::1]:5000/', true],
  ['fd00::5', 'https://[fd00:0:0::5]/', true],
  ['fd00::5', 'https://[fd00::6]/', false],
  ['[fd00::5]:5000', 'https://[fd00::5]:5000/', true],
  ['[fd00::5]:5000', 'https://[fd00::5]/', false],
  ['192.168.1.7', 'http://192.168.1.7:5000/', true],
  ['192.168.1.7:5000', 'http://192.168.1.7/', false],
  ['example.com', 'https://example.com/', true],
  ['example.com', 'https://registry.EXAMPLE.com/', true],
  ['example.com', 'https://notexample.com/', false],
  ['.example.com', 'https://example.com/', false],
  ['.example.com', 'https://registry.example.com/', true],
  ['*.example.com', 'https://registry.example.com/', true],
  ['example.com:443', 'https://example.com/', true],
  ['example.com:443', 'https://example.com:8443/', false],
  ['a.com, example.com', 'https://example.com/', true],
  ['10.0.0.0/99', 'https://10.1.2.3/', false],
  ['*', 'https://example.com/', true],
])('NO_PROXY=%s: access to %s without the proxy is %s, as in Go', (noProxy, url, expected) => {
  expect(parseNoProxy(noProxy)(new URL(url))).toBe(expected);
});

test.each(['http://localhost:5000/', 'http://127.0.0.9/', 'http://[::1]:5000/', 'http://169.254.169.254/metadata'])(
  '%s never uses the proxy',
  (url) => {
    expect(parseNoProxy('')(new URL(url))).toBe(true);
  },
);

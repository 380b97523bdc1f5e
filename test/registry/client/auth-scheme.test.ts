import { expect, test } from 'vitest';
import { chooseScheme } from '../../../src/registry/client/auth-scheme.ts';
import { parseChallenges } from '../../../src/registry/client/challenge.ts';

function choose(registry: string, header: string) {
  return chooseScheme(parseChallenges(header), new URL(registry));
}

test('a token is preferred to a password', () => {
  expect(choose('https://r.example', 'Basic realm="x", Bearer realm="https://t.example/token"')).toMatchObject({
    kind: 'bearer',
  });
});

test('a registry without Bearer and Basic authentication is an error with the offered schemes', () => {
  expect(() => choose('https://r.example', 'Negotiate, NTLM')).toThrow(/r\.example: .* negotiate, ntlm/);
});

test.each([
  ['https://r.example', 'https://auth.elsewhere.example/token'],
  ['https://10.0.0.5', 'https://10.0.0.5:8443/token'],
  ['http://127.0.0.1:5000', 'http://localhost:6000/token'],
  ['http://r.example', 'http://t.example/token'],
])('%s may name the token server %s', (registry, realm) => {
  expect(choose(registry, `Bearer realm="${realm}"`)).toMatchObject({ kind: 'bearer', realm: new URL(realm) });
});

test.each([
  ['https://r.example', 'http://t.example/token'],
  ['https://r.example', 'https://169.254.169.254/metadata'],
  ['https://r.example', 'https://[fd00:ec2::254]/latest'],
  ['https://r.example', 'https://[::ffff:169.254.169.254]/metadata'],
  ['https://r.example', 'https://localhost/token'],
  ['https://r.example', 'https://192.168.1.1/token'],
  ['http://r.example', 'http://10.0.0.1/token'],
  ['https://r.example', 'ftp://t.example/'],
  ['https://r.example', 'not a url'],
])('%s may not send the runner to %s', (registry, realm) => {
  expect(() => choose(registry, `Bearer realm="${realm}"`)).toThrow(
    expect.objectContaining({ code: 'registry-answer', advice: expect.stringContaining('No request was sent') }),
  );
});

import { expect, test } from 'vitest';
import { parseChallenges } from '../../../src/registry/client/challenge.ts';

test.each([
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull,push"',
    [
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/nginx:pull,push',
        },
      },
    ],
  ],
  ['Basic realm="registry"', [{ scheme: 'basic', parameters: { realm: 'registry' } }]],
  ['BASIC', [{ scheme: 'basic', parameters: {} }]],
  [
    'Basic realm="a, b", Bearer realm="https://t.example/",service=s',
    [
      { scheme: 'basic', parameters: { realm: 'a, b' } },
      { scheme: 'bearer', parameters: { realm: 'https://t.example/', service: 's' } },
    ],
  ],
  [
    'Negotiate, Basic realm = "x"',
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'x' } },
    ],
  ],
  ['Basic realm="a \\"quoted\\" name"', [{ scheme: 'basic', parameters: { realm: 'a "quoted" name' } }]],
  [
    'Negotiate TlRMTVNTUA==, Basic realm="x"',
    [expect.objectContaining({ scheme: 'negotiate' }), { scheme: 'basic', parameters: { realm: 'x' } }],
  ],
  ['', []],
  ['"nonsense', []],
])('the challenge %s is read', (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges);
});

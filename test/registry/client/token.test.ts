import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

/** A registry that accepts any token, and whose token server answers with this. */
async function lenientRegistry(answer: object) {
  const server = await startFaultServer(({ path, headers }) => {
    if (path.startsWith('/token')) return { status: 200, body: JSON.stringify(answer) };
    if (headers.authorization !== undefined) return { status: 404, body: '{}' };
    return { status: 401, headers: { 'www-authenticate': `Bearer realm="${server.url}/token",service="s"` } };
  });
  const { registries, masked } = await openRegistries();
  onTestFinished(async () => {
    await registries.close();
    await server.stop();
  });
  return { registry: registries.get(server.host), server, masked };
}

test.each([
  ['has 15,000 lines', Array.from({ length: 15_000 }, (_, index) => `line-${index}`).join('\n')],
  ['ends with a line end', 'abcdefghijklmnop\n'],
  ['has a blank', 'No source has'],
  ['has a colon', 'sha256:abcdef'],
  ['is a header of its own', 'a\r\nx-forwarded-for: 127.0.0.1'],
  ['is not ASCII', 't\u00f6ken'],
  ['is padding alone', '=='],
])('a token that %s is an error of the registry, which is neither sent nor masked', async (_, token) => {
  for (const field of ['token', 'access_token']) {
    const { registry, server, masked } = await lenientRegistry({ [field]: token });
    const answer = await registry.headManifest('a', '1');
    expect(answer).toMatchObject({ result: 'unknown', error: { code: 'registry-answer' } });
    expect(answer.result === 'unknown' && answer.error.message).toMatch(/RFC 6750 does not allow\.$/);
    expect(inspect(answer)).not.toContain(token.slice(0, 20));
    expect(server.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(masked).toEqual([]);
  }
});

test.each([
  ['a JSON web token', 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.c2ln-_'],
  ['base64 with padding (Amazon ECR Public)', 'eyJ2ZXJzaW9uIjoiMyJ9+/=='],
  ['a name and a UUID (Sonatype Nexus)', 'DockerToken.0b8d94c2-3c7a-3a0c-8f4e-0d7c8f3b5a11'],
  ['an OAuth2 access token with dots at its end (Google)', 'ya29.c.b0AT7lpjB......'],
  ['one word', 'anonymous'],
])('a token that is %s is taken', async (_, token) => {
  const { registry, server } = await lenientRegistry({ token });
  expect((await registry.headManifest('a', '1')).result).toBe('absent');
  expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
});

import { expect, onTestFinished, test } from 'vitest';
import { type Credential, encodeBasic } from '../../../src/registry/credentials/credential.ts';
import { type Reply, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const robot: Credential = { kind: 'basic', username: 'robot', password: 'right' };

interface TokenRequest {
  readonly scopes: string;
  readonly password: string | undefined;
}

/** A registry whose token server gives each request the answer of the test. */
async function registryWithTokens(
  answer: (request: TokenRequest) => Reply,
  { credential = robot }: { readonly credential?: Credential } = {},
) {
  const tokens: TokenRequest[] = [];
  const server = await startFaultServer(({ path, headers, body }) => {
    const url = new URL(path, server.url);
    if (url.pathname === '/token') {
      const form = new URLSearchParams(body.toString());
      const scopes = url.searchParams.getAll('scope').join(' ') || (form.get('scope') ?? '');
      const request = { scopes, password: headers.authorization ?? form.get('refresh_token') ?? undefined };
      tokens.push(request);
      return answer(request);
    }
    if (headers.authorization !== undefined) return { status: 404 };
    return { status: 401, headers: { 'www-authenticate': `Bearer realm="${server.url}/token",service="s"` } };
  });
  const { registries } = await openRegistries({ credential });
  onTestFinished(async () => {
    await registries.close();
    await server.stop();
  });
  return { registry: registries.get(server.host), tokens };
}

const granted = { status: 200, body: '{"token":"a-token"}' };
const repositories = Array.from({ length: 24 }, (_, index) => `a${index}`);

/** Refusals of the scope of `deep`, as token servers send them. */
const refusals: readonly (readonly [string, Reply, Credential])[] = [
  ['400 of Docker Hub', { status: 400, body: '{"details":"invalid repository name"}' }, robot],
  ['400 of Quay', { status: 400, body: '{"error":"Invalid repository name: deep"}' }, robot],
  ['401', { status: 401, body: '{"errors":[{"code":"UNAUTHORIZED"}]}' }, robot],
  ['403', { status: 403, body: '{"errors":[{"code":"DENIED"}]}' }, robot],
  [
    '400 to an identity token',
    { status: 400, body: '{"error":"invalid_scope"}' },
    { kind: 'identity-token', token: 't' },
  ],
];

test.each(refusals)(
  'one repository that the token server refuses with %s fails no other image',
  async (_, refusal, credential) => {
    const isDeep = ({ scopes }: TokenRequest) => scopes.startsWith('repository:deep');
    const { registry, tokens } = await registryWithTokens((request) => (isDeep(request) ? refusal : granted), {
      credential,
    });
    const [deep, ...others] = await Promise.all(
      ['deep', ...repositories].map((repository) => registry.headManifest(repository, '1')),
    );
    expect(deep?.result).not.toBe('found');
    expect(others.map(({ result }) => result)).toEqual(repositories.map(() => 'absent'));
    expect((await registry.headManifest('later', '1')).result).toBe('absent');
    expect(tokens.filter(isDeep)).toHaveLength(1);
  },
);

test.each(['{"details":"invalid repository name"}', '{"errors":[{"code":"NAME_INVALID","message":"no"}]}'])(
  'an image whose name the token server does not allow (%s) is absent, because no image can have it',
  async (body) => {
    const { registry } = await registryWithTokens(() => ({ status: 400, body }));
    expect(await registry.headManifest('deep/er/name', '1')).toMatchObject({
      result: 'absent',
      reason: 'the registry does not allow this name',
    });
  },
);

test('a token server that returns 400 for another reason makes the image unknown, and does not blame the password', async () => {
  const { registry } = await registryWithTokens(() => ({ status: 400, body: '{"details":"service is missing"}' }));
  const head = await registry.headManifest('a', '1');
  expect(head).toMatchObject({ result: 'unknown', error: { code: 'registry-answer' } });
  expect(head).not.toMatchObject({ error: { advice: expect.stringContaining('password') } });
});

test('a wrong password is sent twice at most, whatever the number of images at once', async () => {
  const { registry, tokens } = await registryWithTokens(() => ({ status: 401, body: '{}' }));
  const heads = await Promise.all(repositories.map((repository) => registry.headManifest(repository, '1')));
  for (const head of [...heads, await registry.headManifest('later', '1')])
    expect(head).toMatchObject({ result: 'unknown', error: { code: 'unauthorized' } });
  const sent = `Basic ${encodeBasic('robot', 'right')}`;
  expect(tokens.filter(({ password }) => password === sent).length).toBeLessThanOrEqual(2);
});

test('a rejected identity token is sent once, whatever the number of images at once', async () => {
  const { registry, tokens } = await registryWithTokens(() => ({ status: 400, body: '{"error":"invalid_grant"}' }), {
    credential: { kind: 'identity-token', token: 'ended' },
  });
  const heads = await Promise.all(repositories.map((repository) => registry.headManifest(repository, '1')));
  for (const head of heads) expect(head).toMatchObject({ result: 'unknown', error: { code: 'unauthorized' } });
  expect(tokens).toHaveLength(1);
});

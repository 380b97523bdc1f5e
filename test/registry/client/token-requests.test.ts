/** How tokens are asked for, and how long they are used: by credential, and by what the token server answers. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import {
  BadGrantError,
  exchangeAcrRefreshToken,
  fetchToken,
  isAnonymousDenial,
  isNameNotAllowed,
  type TokenCredential,
} from '../../../src/registry/client/token.ts';
import { inOrder, type Reply, startFaultServer } from '../../support/fault-server.ts';

const none: TokenCredential = { kind: 'none' };
const basic: TokenCredential = { kind: 'basic', username: 'me', password: 'pass' };
const refresh: TokenCredential = { kind: 'identity-token', token: 'refresh' };

async function tokenServer(...replies: readonly [Reply, ...Reply[]]) {
  const server = await startFaultServer(inOrder(...replies));
  const http = await createHttpClient({
    log: silentLog,
    signal: new AbortController().signal,
    proxyEnv: {},
    retryPolicy: { firstDelay: 1, maximumDelay: 1, whenThrottled: 1, whenFailing: 1 },
  });
  onTestFinished(async () => {
    await http.close();
    await server.stop();
  });
  const realm = new URL('/token?a=b', server.url);
  const service = { realm, namedBy: realm, service: 's' as string | undefined };
  const fetch = async (
    credential: TokenCredential,
    scopes: readonly string[] = ['one', 'two'],
    name = service.service,
  ) => await fetchToken(http, { ...service, service: name }, scopes, credential);
  const seen = () =>
    server.requests.map(({ method, path, headers, body }) => [method, path, headers.authorization, body.toString()]);
  return { server, http, service, fetch, seen };
}

function body(value: object, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

const good = body({ token: 'good' });

describe('a token is asked for', () => {
  test('without a login by a GET with the service and each scope, and no word of who asks', async () => {
    const { fetch, seen } = await tokenServer(good);
    await fetch(none);
    expect(seen()).toEqual([['GET', '/token?a=b&service=s&scope=one&scope=two', undefined, '']]);
  });

  test('with a login by the same GET with its user and password', async () => {
    const { fetch, seen } = await tokenServer(good);
    await fetch(basic);
    const authorization = `Basic ${Buffer.from('me:pass').toString('base64')}`;
    expect(seen()).toEqual([['GET', '/token?a=b&service=s&scope=one&scope=two', authorization, '']]);
  });

  test('with a refresh token by a POST, whose address never has it', async () => {
    const { fetch, seen, server } = await tokenServer(good);
    await fetch(refresh);
    const form = 'grant_type=refresh_token&refresh_token=refresh&client_id=chart-images&service=s&scope=one+two';
    expect(seen()).toEqual([['POST', '/token?a=b', undefined, form]]);
    expect(server.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  test.each([404, 405])('with a refresh token and a login where the server has no POST (%i)', async (status) => {
    const { fetch, seen } = await tokenServer({ status }, good);
    expect((await fetch(refresh)).value).toBe('good');
    const authorization = `Basic ${Buffer.from('<token>:refresh').toString('base64')}`;
    expect(seen()[1]).toEqual(['GET', '/token?a=b&service=s&scope=one&scope=two', authorization, '']);
  });

  test.each<[string, TokenCredential, number]>([
    ['a refresh token that is refused', refresh, 401],
    ['a login where the server is not found', basic, 404],
    ['no login where the server is not found', none, 404],
  ])('once with %s', async (_, credential, status) => {
    const { fetch, seen } = await tokenServer({ status }, good);
    await expect(fetch(credential)).rejects.toBeInstanceOf(Error);
    expect(seen()).toHaveLength(1);
  });

  test('without a service and without scopes where there are none', async () => {
    const { http, service, seen } = await tokenServer(good);
    for (const credential of [none, refresh]) {
      await fetchToken(http, { ...service, service: undefined }, [], credential);
    }
    expect(seen()).toEqual([
      ['GET', '/token?a=b', undefined, ''],
      ['POST', '/token?a=b', undefined, 'grant_type=refresh_token&refresh_token=refresh&client_id=chart-images'],
    ]);
  });
});

describe('the token of an answer', () => {
  test.each([
    [{ token: 'a' }, 'a'],
    [{ access_token: 'b' }, 'b'],
    [{ token: 'a', access_token: 'b' }, 'a'],
    [{ token: '', access_token: 'b' }, 'b'],
  ])('%j is %s', async (answer, value) => {
    expect((await (await tokenServer(body(answer))).fetch(none)).value).toBe(value);
  });

  test.each([{}, { token: '' }, { access_token: '' }, { token: 1 }, []])('%j is none', async (answer) => {
    await expect((await tokenServer(body(answer))).fetch(none)).rejects.toMatchObject({ code: 'registry-answer' });
  });

  test.each([201, 302, 204])('of a status %i is not believed', async (status) => {
    await expect((await tokenServer(body({ token: 'a' }, status))).fetch(none)).rejects.toBeInstanceOf(Error);
  });
});

describe('a token is renewed', () => {
  const jwt = (exp: unknown) => `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`;
  const now = () => Math.floor(Date.now() / 1000);

  /** Seconds after the request, as the test sees it a moment later. */
  async function renewedAfter(answer: object): Promise<number> {
    const { fetch } = await tokenServer(body(answer));
    const before = Date.now();
    const { renewAfter } = await fetch(none);
    return (renewAfter - before) / 1000;
  }

  // A busy machine takes a while between the two looks at the clock.
  test.each<[string, () => object, number]>([
    ['ten seconds before it ends', () => ({ token: 'a', expires_in: 1000 }), 990],
    ['at half of a short life', () => ({ token: 'a', expires_in: 8 }), 4],
    ['after fifty seconds where nothing is said', () => ({ token: 'a' }), 50],
    ['after fifty seconds where nonsense is said', () => ({ token: 'a', expires_in: 'soon' }), 50],
    ['after fifty seconds where less than a second is said', () => ({ token: 'a', expires_in: 0 }), 50],
    ['before the end that it carries itself', () => ({ token: jwt(now() + 2000) }), 1990],
    ['by what the answer says, not by what the token says', () => ({ token: jwt(now() + 2000), expires_in: 500 }), 490],
    ['after fifty seconds where it says that it has ended', () => ({ token: jwt(now() - 100) }), 50],
    ['after fifty seconds where its own end is no number', () => ({ token: jwt('x') }), 50],
  ])('%s', async (_, answer, seconds) => {
    const after = await renewedAfter(answer());
    expect(after).toBeGreaterThan(seconds - 3);
    expect(after).toBeLessThan(seconds + 30);
  });
});

describe('a refusal', () => {
  const refusal = async (reply: Reply, credential: TokenCredential) =>
    await (await tokenServer(reply)).fetch(credential).catch((thrown: unknown) => thrown);
  const saying = (status: number, code: string, message = '') => body({ errors: [{ code, message }] }, status);

  test('of anonymous access is known from that of a login', async () => {
    expect(isAnonymousDenial(await refusal({ status: 401 }, none))).toBe(true);
    expect(isAnonymousDenial(await refusal({ status: 403 }, none))).toBe(true);
    expect(isAnonymousDenial(await refusal({ status: 503 }, none))).toBe(false);
    expect(isAnonymousDenial(await refusal({ status: 401 }, basic))).toBe(false);
    expect(isAnonymousDenial(new Error('x'))).toBe(false);
  });

  test.each([
    ['NAME_INVALID', ''],
    ['name_invalid', ''],
    ['X', 'Invalid repository name'],
  ])('of a name (%s %s) means that nothing can have it', async (code, message) => {
    const error = await refusal(saying(400, code, message), basic);
    expect(isNameNotAllowed(error)).toBe(true);
    expect(isNameNotAllowed(await refusal(saying(403, code, message), basic))).toBe(false);
    expect(isNameNotAllowed(new Error('x'))).toBe(false);
  });

  test('of a refresh token is a refusal of the login, and another bad request is not', async () => {
    const grant = body({ error: 'invalid_grant' }, 400);
    expect(await refusal(grant, refresh)).toBeInstanceOf(BadGrantError);
    expect(await refusal(grant, refresh)).toMatchObject({ code: 'unauthorized' });
    expect(await refusal(body({ error: 'invalid_request' }, 400), refresh)).not.toBeInstanceOf(BadGrantError);
  });

  test('with 401 advises another login, and one with 403 another permission', async () => {
    const [unauthorized, denied] = [await refusal({ status: 401 }, basic), await refusal({ status: 403 }, basic)];
    expect([unauthorized, denied]).toMatchObject([{ code: 'unauthorized' }, { code: 'denied' }]);
    expect(String(Object(unauthorized).advice)).not.toBe(String(Object(denied).advice));
  });
});

describe('a token of Entra', () => {
  test('is exchanged at the registry for the service that it names', async () => {
    const { http, service, seen } = await tokenServer(body({ refresh_token: 'r' }));
    expect((await exchangeAcrRefreshToken(http, service, 'entra')).value).toBe('r');
    expect(seen()).toEqual([
      ['POST', '/oauth2/exchange', undefined, 'grant_type=access_token&service=s&access_token=entra'],
    ]);
  });

  test('is exchanged for the host where no service is named', async () => {
    const { http, service, server, seen } = await tokenServer(body({ refresh_token: 'r' }));
    const before = Date.now();
    const { renewAfter } = await exchangeAcrRefreshToken(http, { ...service, service: undefined }, 'entra');
    expect(seen()[0]?.[3]).toContain(`service=${encodeURIComponent(server.host)}`);
    expect((renewAfter - before) / 1000).toBeGreaterThan(3580);
  });

  test.each([{}, { refresh_token: '' }, { refresh_token: 'a b' }])('is not exchanged for %j', async (answer) => {
    const { http, service } = await tokenServer(body(answer));
    await expect(exchangeAcrRefreshToken(http, service, 'entra')).rejects.toMatchObject({ code: 'registry-answer' });
  });

  test('that the registry refuses is a refused login', async () => {
    const { http, service } = await tokenServer({ status: 401 });
    await expect(exchangeAcrRefreshToken(http, service, 'entra')).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

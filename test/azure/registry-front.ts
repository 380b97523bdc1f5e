/**
 * The front of Azure Container Registry before a real distribution registry: challenges, exchange of Entra tokens,
 * tokens for repositories, scope-map tokens, and ACR's own limits. Blobs are read from a storage account, as ACR has
 * it.
 */
import { request as ask } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { basicOf, bearerOf, type Exchange, formOf, json, type Part, type Reply } from './exchange.ts';
import type { Principal, StandInRegistry, World } from './fake-azure.ts';

const refreshUser = '00000000-0000-0000-0000-000000000000';
const storageHost = 'weu9managed.blob.core.windows.net';

export function registryFronts(world: World): Part {
  /** Signed addresses that were given out, and the blob behind each. */
  const signed = new Map<string, { readonly registry: StandInRegistry; readonly path: string }>();
  return async (exchange) => {
    if (exchange.host === storageHost) return await storage(exchange, signed);
    const registry = world.registryAt(exchange.host);
    if (registry === undefined) return undefined;
    switch (exchange.url.pathname) {
      case '/oauth2/exchange':
        return exchangeToken(exchange, registry, world);
      case '/oauth2/token':
        return token(exchange, registry, world);
      default:
        return await api(exchange, registry, world, signed);
    }
  };
}

/** Whoever a caller of a registry is. */
type Caller =
  | { readonly kind: 'principal'; readonly principal: Principal }
  | { readonly kind: 'scope-map'; readonly repositories: readonly string[] }
  | { readonly kind: 'anyone' };

function exchangeToken(exchange: Exchange, registry: StandInRegistry, world: World): Reply {
  const form = formOf(exchange);
  const claims = world.read(form.get('access_token') ?? '');
  const principal = claims && world.principalOf(claims);
  const forArm = String(claims?.['aud'] ?? '').startsWith('https://management');
  if (form.get('grant_type') !== 'access_token' || form.get('service') !== registry.loginServer) {
    return refused(400, 'BAD_REQUEST', 'the form lacks grant_type=access_token or names another service');
  }
  if (principal === undefined || (forArm && registry.armTokens === 'refused')) {
    return refused(
      401,
      'UNAUTHORIZED',
      'authentication required, visit https://aka.ms/acr/authorization for more information. CorrelationId: 1',
    );
  }
  const refresh = { kind: 'refresh', aud: registry.loginServer, oid: principal.objectId };
  return json(200, { refresh_token: world.sign(refresh, world.behavior.refreshTokenLife) });
}

function token(exchange: Exchange, registry: StandInRegistry, world: World): Reply {
  const parameters = exchange.method === 'POST' ? formOf(exchange) : exchange.url.searchParams;
  const basic = basicOf(exchange);
  const presented = parameters.get('refresh_token') ?? (basic?.username === refreshUser ? basic.password : undefined);
  const caller = callerOf(presented, basic, registry, world);
  if (caller === undefined) {
    return refused(
      401,
      'UNAUTHORIZED',
      'authentication required, visit https://aka.ms/acr/authorization for more information. CorrelationId: 2',
    );
  }
  const scopes = parameters.getAll('scope').flatMap((scope) => scope.split(' '));
  const access = scopes.map((scope) => {
    const [type = '', name = '', actions = ''] = scope.split(':');
    const allowed = allowedActions(caller, registry, name, world);
    return { type, name, actions: actions.split(',').filter((action) => allowed.has(action)) };
  });
  const claims = { kind: 'access', aud: registry.loginServer, access };
  return json(200, { access_token: world.sign(claims, world.behavior.accessTokenLife) });
}

function callerOf(
  presented: string | undefined,
  basic: ReturnType<typeof basicOf>,
  registry: StandInRegistry,
  world: World,
): Caller | undefined {
  if (presented !== undefined) {
    const claims = world.read(presented);
    const principal = claims && world.principalOf(claims);
    const meant = claims?.['kind'] === 'refresh' && claims['aud'] === registry.loginServer;
    return meant && principal ? { kind: 'principal', principal } : undefined;
  }
  if (basic === undefined) return registry.anonymousPull ? { kind: 'anyone' } : undefined;
  const map = registry.scopeMapTokens.find(
    ({ username, password }) => username === basic.username && password === basic.password,
  );
  if (map) return { kind: 'scope-map', repositories: map.repositories };
  const principal = world.principals.find(
    ({ clientId, secret }) => clientId === basic.username && secret === basic.password,
  );
  return principal && { kind: 'principal', principal };
}

function allowedActions(
  caller: Caller,
  registry: StandInRegistry,
  repository: string,
  world: World,
): ReadonlySet<string> {
  switch (caller.kind) {
    case 'anyone':
      return new Set(['pull']);
    case 'scope-map':
      return new Set(caller.repositories.includes(repository) ? ['pull', 'push', 'metadata_read'] : []);
    case 'principal':
      return world.dataActions(caller.principal, registry, repository);
  }
}

async function api(
  exchange: Exchange,
  registry: StandInRegistry,
  world: World,
  signed: Map<string, { readonly registry: StandInRegistry; readonly path: string }>,
): Promise<Reply> {
  const { method, url, headers, body } = exchange;
  const path = /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(url.pathname);
  const repository = path?.[1];
  const action = method === 'GET' || method === 'HEAD' ? 'pull' : 'push';
  if (!mayDo(exchange, registry, repository, action, world)) return challenge(registry, repository, action);
  if (method === 'GET' && path?.[2] === 'blobs' && path[3]?.startsWith('sha')) {
    const signature = world.newSecret();
    signed.set(signature, { registry, path: url.pathname });
    return {
      status: 307,
      headers: { location: `https://${storageHost}/${registry.name}/blob?se=2026&sig=${signature}` },
    };
  }
  if (method === 'PUT' && path?.[2] === 'blobs' && body.length > world.behavior.largestPut) {
    return {
      status: 413,
      headers: { 'content-type': 'text/html' },
      body: '<html><head><title>413 Request Entity Too Large</title></head></html>',
    };
  }
  if (method === 'PATCH' && headers['transfer-encoding'] === 'chunked' && headers['content-range'] !== undefined) {
    return refused(400, 'CONTENT_LENGTH_INVALID', 'content length is invalid');
  }
  if (headers['content-range'] !== undefined && !/^\d+-\d+$/.test(headers['content-range'])) {
    return refused(400, 'RANGE_INVALID', 'the range is not valid');
  }
  const reply = await forward(exchange, registry);
  const location = reply.headers?.['location'];
  if (location === undefined || !location.includes('/uploads/')) return reply;
  // ACR's locations are relative and have a query of their own before the upload's state.
  const relative = new URL(location, 'http://store.invalid');
  const query = relative.search === '' ? '?_nouploadcache=false' : `?_nouploadcache=false&${relative.search.slice(1)}`;
  return { ...reply, headers: { ...reply.headers, location: `${relative.pathname}${query}` } };
}

function mayDo(
  exchange: Exchange,
  registry: StandInRegistry,
  repository: string | undefined,
  action: string,
  world: World,
): boolean {
  const basic = basicOf(exchange);
  if (basic) {
    const caller = callerOf(undefined, basic, registry, world);
    return (
      caller !== undefined &&
      (repository === undefined || allowedActions(caller, registry, repository, world).has(action))
    );
  }
  const claims = world.read(bearerOf(exchange) ?? '');
  if (claims?.['kind'] !== 'access' || claims['aud'] !== registry.loginServer) return false;
  if (repository === undefined) return true;
  const access = claims['access'] as readonly { readonly name: string; readonly actions: readonly string[] }[];
  return access.some(({ name, actions }) => name === repository && actions.includes(action));
}

function challenge(registry: StandInRegistry, repository: string | undefined, action: string): Reply {
  const host = registry.loginServer;
  const scope =
    repository === undefined
      ? ''
      : `,scope="repository:${repository}:${action === 'pull' ? 'pull' : 'pull,push'}",error="invalid_token"`;
  const reply = refused(
    401,
    'UNAUTHORIZED',
    'authentication required, visit https://aka.ms/acr/authorization for more information. CorrelationId: 3',
  );
  return {
    ...reply,
    headers: { 'www-authenticate': `Bearer realm="https://${host}/oauth2/token",service="${host}"${scope}` },
  };
}

/** A storage account takes only its own signature: a request that brings an Authorization header as well is refused. */
async function storage(
  exchange: Exchange,
  signed: ReadonlyMap<string, { readonly registry: StandInRegistry; readonly path: string }>,
): Promise<Reply> {
  if (exchange.headers['authorization'] !== undefined) {
    return { status: 400, body: '<Error><Code>InvalidAuthenticationInfo</Code></Error>' };
  }
  const meant = signed.get(exchange.url.searchParams.get('sig') ?? '');
  if (meant === undefined) return { status: 403, body: '<Error><Code>AuthenticationFailed</Code></Error>' };
  const { range } = exchange.headers;
  const headers: Record<string, string> = range === undefined ? {} : { range };
  return await fromStore(meant.registry, exchange.method, meant.path, headers);
}

async function forward(exchange: Exchange, registry: StandInRegistry): Promise<Reply> {
  const { authorization, host, connection, 'transfer-encoding': coding, ...headers } = exchange.headers;
  const { pathname, search } = exchange.url;
  const length =
    exchange.method === 'GET' || exchange.method === 'HEAD' ? {} : { 'content-length': String(exchange.body.length) };
  return await fromStore(registry, exchange.method, `${pathname}${search}`, { ...headers, ...length }, exchange.body);
}

/** Plain `node:http`, because fetch would write the query of an upload's location anew. */
async function fromStore(
  registry: StandInRegistry,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer = Buffer.alloc(0),
): Promise<Reply> {
  const [host = '', port = ''] = registry.store.host.split(':');
  return await new Promise((resolve, reject) => {
    const request = ask({ host, port, method, path, headers }, (answer) => {
      void buffer(answer).then((bytes) => {
        const kept = Object.entries(answer.headers).filter(
          ([name]) => name !== 'transfer-encoding' && name !== 'connection',
        );
        resolve({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
          body: bytes,
        });
      }, reject);
    });
    request.on('error', reject).end(body);
  });
}

function refused(status: number, code: string, message: string): Reply {
  return json(status, { errors: [{ code, message }] });
}

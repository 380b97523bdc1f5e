/**
 * A loopback OAuth2 token server whose tokens a distribution registry trusts (distribution's "token" specification).
 */
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One request that the server saw. */
export interface TokenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  /** Of the query (GET) or of the form (POST). */
  readonly parameters: URLSearchParams;
}

export interface TokenServerOptions {
  /** User name → password. Where none is given everyone is let in. */
  readonly users?: Readonly<Record<string, string>>;
  /** Refresh tokens that a POST may present. Where none is given POST is answered with 404, as older servers do. */
  readonly refreshTokens?: readonly string[];
  /** Whether someone without credentials gets a token that allows pulls. Default `pull`. */
  readonly anonymous?: 'pull' | 'nothing' | 'refused';
  /** Repositories that anyone may do anything with; all where none is given. */
  readonly repositories?: readonly string[];
  /** The field of the answer that holds the token. Default `token`. */
  readonly field?: 'token' | 'access_token';
  /** Seconds; what the answer says, and how long the token is good. Default 300. */
  readonly expiresIn?: number;
  /** Azure Container Registry's exchange: access token of Entra → refresh token, at `/oauth2/exchange`. */
  readonly exchange?: Readonly<Record<string, string>>;
}

export interface TokenServer {
  readonly realm: string;
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly service: string;
  readonly issuer: string;
  readonly jwks: object;
  readonly requests: readonly TokenRequest[];
  stop(): Promise<void>;
}

const service = 'test-registry';
const issuer = 'test-issuer';

export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyId = randomUUID();
  const requests: TokenRequest[] = [];
  const sign = (subject: string, access: readonly Access[]): string => {
    const now = Math.floor(Date.now() / 1000);
    const expires = now + (options.expiresIn ?? 300);
    const claims = {
      iss: issuer,
      aud: service,
      sub: subject,
      exp: expires,
      nbf: now,
      iat: now,
      jti: randomUUID(),
      access,
    };
    const body = `${base64url({ typ: 'JWT', alg: 'RS256', kid: keyId })}.${base64url(claims)}`;
    return `${body}.${createSign('RSA-SHA256').update(body).sign(privateKey, 'base64url')}`;
  };

  const server = createServer((request, response) => {
    void answer(request, options, requests, sign).then(({ status, body }) => send(response, status, body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A listening TCP server has an address of this form.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    realm: `http://${host}/oauth2/token`,
    host,
    service,
    issuer,
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' }] },
    requests,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function answer(
  request: IncomingMessage,
  options: TokenServerOptions,
  requests: TokenRequest[],
  sign: (subject: string, access: readonly Access[]) => string,
): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://token.invalid');
  const method = request.method ?? 'GET';
  const parameters = method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams;
  const seen = { method, path: url.pathname, authorization: request.headers.authorization, parameters };
  requests.push(seen);
  const caller = identify(seen, options);
  if (caller.kind === 'answer') return caller.answer;
  const access = parameters
    .getAll('scope')
    .flatMap((scope) => scope.split(' '))
    .map(parseScope)
    .map((wanted) => ({
      ...wanted,
      actions: wanted.actions.filter(
        (action) => (options.repositories?.includes(wanted.name) ?? true) && allowed(action, caller.subject, options),
      ),
    }));
  const token = sign(caller.subject, access);
  return { status: 200, body: { [options.field ?? 'token']: token, expires_in: options.expiresIn ?? 300 } };
}

type Caller =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'subject'; readonly subject: string };

const unauthorized: Caller = {
  kind: 'answer',
  answer: { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] } },
};

function identify(request: TokenRequest, options: TokenServerOptions): Caller {
  const { parameters } = request;
  if (request.path === '/oauth2/exchange') {
    const refreshToken = options.exchange?.[parameters.get('access_token') ?? ''];
    if (refreshToken === undefined) return unauthorized;
    return { kind: 'answer', answer: { status: 200, body: { refresh_token: refreshToken } } };
  }
  if (request.method === 'POST') {
    const known = [...(options.refreshTokens ?? []), ...Object.values(options.exchange ?? {})];
    if (known.length === 0) return { kind: 'answer', answer: { status: 404, body: {} } };
    return known.includes(parameters.get('refresh_token') ?? '') ? { kind: 'subject', subject: 'token' } : unauthorized;
  }
  if (request.authorization === undefined) {
    return options.anonymous === 'refused' ? unauthorized : { kind: 'subject', subject: '' };
  }
  const [username = '', password = ''] = Buffer.from(request.authorization.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':');
  if (options.users && options.users[username] !== password) return unauthorized;
  return { kind: 'subject', subject: username };
}

function allowed(action: string, subject: string, options: TokenServerOptions): boolean {
  if (subject !== '') return true;
  return (options.anonymous ?? 'pull') === 'pull' && action === 'pull';
}

/** `repository:library/nginx:pull,push`. */
function parseScope(scope: string): Access {
  const [type = '', name = '', actions = ''] = scope.split(':');
  return { type, name, actions: actions.split(',') };
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

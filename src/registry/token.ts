import * as v from 'valibot';
import { basicValue, type Credential, whoseIs } from '../credentials/credential.ts';
import { ChartImagesError } from '../errors.ts';
import type { HttpRequest, WholeAnswer } from '../http/answer.ts';
import type { Http } from '../http/http.ts';
import { answerTo, notAccepted, refused } from './refusal.ts';

/** Tokens with hundreds of permissions have some kilobytes. */
const maximumTokenBytes = 256 * 1024;

/** Seconds; what a token is good for when its server does not say (distribution, spec/auth/token). */
const defaultLifetime = 60;

/** Seconds before its end that a token is renewed, at most half its life: it has to be good still when it arrives. */
const renewalMargin = 10;

/** How OAuth2 servers know this program. */
const clientId = 'chart-images';

/** The user name that goes with an identity token where a server knows only basic authentication (docker/cli). */
const tokenUser = '<token>';

export interface TokenServer {
  readonly realm: URL;
  /** The registry that named the realm. */
  readonly namedBy: URL;
  readonly service: string | undefined;
}

export interface Token {
  readonly value: string;
  /** When to get another one, as Date.now() counts. */
  readonly renewAfter: number;
}

/** Credentials that a token server takes. */
export type TokenCredential = Extract<Credential, { kind: 'none' | 'basic' | 'identity-token' }>;

const tokenShape = v.object({
  // Older servers write the first, OAuth2 servers (Azure's) the second, some both.
  token: v.optional(v.string(), ''),
  access_token: v.optional(v.string(), ''),
  expires_in: v.optional(v.fallback(v.optional(v.pipe(v.number(), v.minValue(1))), undefined)),
});

/**
 * Asks a token server for a token (distribution, spec/auth/token and spec/auth/oauth). Throws `unauthorized` or `denied`
 * when it refuses the credential.
 */
export async function fetchToken(
  http: Http,
  server: TokenServer,
  scopes: readonly string[],
  credential: TokenCredential,
): Promise<Token> {
  const asked = Date.now();
  let answer = await http.read(tokenRequest(server, scopes, credential), maximumTokenBytes);
  // Servers without OAuth2 know no POST.
  if (credential.kind === 'identity-token' && (answer.status === 404 || answer.status === 405)) {
    const basic = { kind: 'basic', username: tokenUser, password: credential.token } as const;
    answer = await http.read(tokenRequest(server, scopes, basic), maximumTokenBytes);
  }
  if (answer.status !== 200) throw tokenRefusal(answer, credential);
  const { token, access_token, expires_in } = readAnswer(answer, tokenShape);
  const value = token || access_token;
  if (value === '') throw notAToken(answer);
  if (!isBearerToken(value)) throw malformedToken(answer);
  // Azure's registries leave it out, and their tokens live for more than an hour.
  return { value, renewAfter: renewalOf(asked, expires_in ?? lifeOf(value, asked) ?? defaultLifetime) };
}

function renewalOf(asked: number, life: number): number {
  return asked + (life - Math.min(renewalMargin, life / 2)) * 1000;
}

const claimsShape = v.object({ exp: v.number() });

/** Seconds that a JSON web token is good for from now on; undefined for any other token, and for one that says nonsense. */
function lifeOf(token: string, now: number): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const life = v.parse(claimsShape, claims).exp - now / 1000;
    return life > 1 ? life : undefined;
  } catch {
    return undefined;
  }
}

const exchangeShape = v.object({ refresh_token: v.pipe(v.string(), v.minLength(1)) });

/** Seconds; a refresh token of Azure's registries whose end can not be read (they live for three hours). */
const refreshLifetime = 3600;

/** Exchanges a token of Microsoft Entra ID for an identity token of an Azure registry (Azure/acr, docs/AAD-OAuth.md). */
export async function exchangeAzureToken(http: Http, server: TokenServer, accessToken: string): Promise<Token> {
  const asked = Date.now();
  const url = new URL('/oauth2/exchange', server.realm);
  const service = server.service ?? server.realm.host;
  const form = { grant_type: 'access_token', service, access_token: accessToken };
  const answer = await http.read(formRequest(url, server, form), maximumTokenBytes);
  if (answer.status !== 200) throw tokenRefusal(answer, { kind: 'identity-token', token: accessToken });
  const value = readAnswer(answer, exchangeShape).refresh_token;
  if (!isBearerToken(value)) throw malformedToken(answer);
  return { value, renewAfter: renewalOf(asked, lifeOf(value, asked) ?? refreshLifetime) };
}

function tokenRequest(server: TokenServer, scopes: readonly string[], credential: TokenCredential): HttpRequest {
  const service = server.service === undefined ? {} : { service: server.service };
  if (credential.kind === 'identity-token') {
    const grant = { grant_type: 'refresh_token', refresh_token: credential.token, client_id: clientId };
    return formRequest(server.realm, server, { ...grant, ...service, scope: scopes.join(' ') });
  }
  const url = new URL(server.realm);
  for (const [name, value] of Object.entries(service)) url.searchParams.set(name, value);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const { namedBy } = server;
  if (credential.kind === 'none') return { method: 'GET', url, namedBy };
  const authorization = `Basic ${basicValue(credential.username, credential.password)}`;
  return { method: 'GET', url, namedBy, headers: { authorization } };
}

function formRequest(url: URL, { namedBy }: TokenServer, fields: Readonly<Record<string, string>>): HttpRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url, namedBy, headers, body: new URLSearchParams(fields).toString() };
}

/** A token server's refusal of someone who shows no credential. */
class AnonymousRefusal extends ChartImagesError {
  constructor({ code, message, advice }: ChartImagesError) {
    super(code, message, { advice });
  }
}

/** Whether it was the token server that refused, and it was shown no credential. */
export function isAnonymousRefusal(error: unknown): boolean {
  if (!(error instanceof ChartImagesError)) return false;
  const refusal = error instanceof AnonymousRefusal && (error.code === 'unauthorized' || error.code === 'denied');
  return refusal || isAnonymousRefusal(error.cause);
}

function tokenRefusal(answer: WholeAnswer, credential: TokenCredential): ChartImagesError {
  const error = refused(answerTo(answer, whoseIs(credential)), `the token server ${answer.url.host}`);
  // OAuth2 tells a bad refresh token with 400 (RFC 6749, 5.2).
  const code = answer.status === 400 ? 'unauthorized' : error.code;
  if (credential.kind === 'none') return new AnonymousRefusal(error);
  if (code !== 'unauthorized') return error;
  return new ChartImagesError(code, error.message, { advice: notAccepted });
}

function readAnswer<S extends v.GenericSchema>(answer: WholeAnswer, shape: S): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(answer.bytes.toString('utf8'));
  } catch {
    // Without the parser's words: they quote the text, which may hold a token.
    throw notAToken(answer);
  }
  const result = v.safeParse(shape, json);
  if (!result.success) throw notAToken(answer);
  return result.output;
}

/** `b64token` of RFC 6750, section 2.1: one line without blanks, as a header can carry it. */
function isBearerToken(text: string): boolean {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text);
}

/** Without the token: a server that mixes up its fields may have put anything there. */
function malformedToken(answer: WholeAnswer): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `the token server ${answer.url.host} issued a token that is not of the form that RFC 6750 allows.`,
    { advice: 'Check that the host is a container registry; if it is, report the token format to its operator.' },
  );
}

function notAToken(answer: WholeAnswer): ChartImagesError {
  return new ChartImagesError('registry-answer', `the token server ${answer.url.host} answers without a token.`, {
    advice: 'Check that this is the registry you mean, or ask its operator.',
  });
}

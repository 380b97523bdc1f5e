import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import { type Credential, describeIdentity, encodeBasic } from '../credentials/credential.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import { type AuthScheme, chooseScheme } from './auth-scheme.ts';
import type { Challenge } from './challenge.ts';
import { checkRealm } from './realm.ts';
import { credentialRejectedAdvice, responseError, withIdentity } from './registry-error.ts';
import { fetchToken, type Token, type TokenCredential, type TokenService } from './token.ts';
import { type CachedToken, createTokens } from './token-cache.ts';
import { createLogin, type RegistryCredential } from './token-credential.ts';

/** Limit for the response to a credential check at `/v2/`. */
const maximumWordsBytes = 64 * 1024;

/** What a request carries. */
export interface Authorization {
  /** The Authorization header; undefined when nothing is sent. */
  readonly header: string | undefined;
  /** `anonymous` is a token that everyone gets, `credential` what the user has. */
  readonly as: 'none' | 'anonymous' | 'authenticated';
  /** For messages. */
  readonly identity?: string | undefined;
  readonly token?: CachedToken;
}

export const anonymous: Authorization = { header: undefined, as: 'none' };

/** What a request is about to do. */
export interface AccessScope {
  /** Logins may be for some repositories only; undefined where it is about the registry as a whole. */
  readonly repository: string | undefined;
  /** As token servers know it: `repository:a:pull`. */
  readonly scope: string;
}

/** What one registry wants in a run, and what was got for it. */
export interface Authorizer {
  /** What to send with a request. Throws when the credential is refused. */
  authorize(access: AccessScope): Promise<Authorization>;
  /** What to send instead after a 401; undefined when nothing better can be had. */
  reauthorize(
    access: AccessScope,
    refused: Authorization,
    challenges: readonly Challenge[],
  ): Promise<Authorization | undefined>;
}

export interface AuthorizationOptions {
  readonly host: string;
  readonly address: URL;
  /** The challenges of the registry's `/v2/` response. */
  readonly scheme: AuthScheme;
  readonly http: HttpClient;
  readonly credentials: CredentialChain;
  readonly mask: (secret: string) => void;
  readonly log: Log;
}

export function createAuthorizer(options: AuthorizationOptions): Authorizer {
  const { host, address, http, mask, credentials } = options;
  const tokens = createTokens();
  let { scheme } = options;
  /** What to ask for where the registry said that it wants another scope than the specification's. */
  const widened = new Map<string, readonly string[]>();
  const login = createLogin(options);
  /** A refused password is not shown again for each repository: token servers lock accounts that keep trying. */
  const refusals = new WeakMap<TokenCredential, ChartImagesError>();

  /** By Authorization header: whether the registry takes it, asked once, for the same reason. */
  const shown = new Map<string, Promise<void>>();

  const basicGrant = async (repository: string | undefined): Promise<Authorization> => {
    const credential = await credentials.get(host, repository);
    const header = authorizationHeader(credential);
    if (header === undefined) return anonymous;
    const identity = describeIdentity(credential);
    const known = shown.get(header) ?? verifyBasic(http, address, header, identity);
    shown.set(header, known);
    try {
      await known;
    } catch (error) {
      if (!isRefusal(error)) shown.delete(header);
      throw error;
    }
    return { header, as: 'authenticated', identity };
  };

  const bearerGrant = async (server: TokenService, { repository, scope }: AccessScope): Promise<Authorization> => {
    const scopes = widened.get(scope) ?? [scope];
    const known = await credentials.get(host, repository);
    if (known.kind === 'registry-token') return { header: `Bearer ${known.token}`, as: 'authenticated' };
    checkRealm(known, server.realm, address);
    const credential = await login.credential(known, server);
    const token = await tokens.get(scopes, () => fetchAs(credential, known, server, scopes));
    const as = credential.kind === 'none' ? 'anonymous' : 'authenticated';
    return { header: `Bearer ${token.value}`, as, token, identity: describeIdentity(credential) };
  };

  const fetchAs = async (
    credential: TokenCredential,
    known: RegistryCredential,
    server: TokenService,
    scopes: readonly string[],
  ): Promise<Token> => {
    const refusal = refusals.get(credential);
    if (refusal) throw refusal;
    try {
      const fetched = await fetchToken(http, server, scopes, credential);
      mask(fetched.value);
      return fetched;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // A token that the user has himself cannot be replaced.
      if (known.kind === 'azure-access-token' && login.drop(credential))
        return await fetchAs(await login.credential(known, server), known, server, scopes);
      if (credential.kind === 'none') throw credential.reason ?? error;
      // Of what the registry wanted besides (the repository to mount from), it says nothing about the password.
      if (scopes.length === 1) refusals.set(credential, error);
      throw error;
    }
  };

  const grant = async (access: AccessScope): Promise<Authorization> => {
    switch (scheme.kind) {
      case 'open':
        return anonymous;
      case 'basic':
        return await basicGrant(access.repository);
      case 'bearer':
        return await bearerGrant(scheme, access);
    }
  };

  const renew: Authorizer['reauthorize'] = async (access, refused, challenges) => {
    const { scope } = access;
    if (challenges.length === 0) return undefined;
    // `/v2/` may allow anonymous access while repositories require authentication.
    scheme = chooseScheme(challenges, address);
    const asked = challenges.find((challenge) => challenge.scheme === 'bearer')?.parameters['scope'] ?? scope;
    if (!(refused.token?.scopes ?? [scope]).includes(asked)) widened.set(scope, [scope, asked]);
    else if (refused.token?.age === 'kept') tokens.forget(refused.token);
    else if (refused.as !== 'none') return undefined;
    try {
      const better = await grant(access);
      return better.header === undefined ? undefined : better;
    } catch (error) {
      widened.delete(scope);
      throw error;
    }
  };
  return { authorize: grant, reauthorize: renew };
}

function isRefusal(error: unknown): error is ChartImagesError {
  return error instanceof ChartImagesError && error.code === 'unauthorized';
}

/** As `docker login` does it: `/v2/` never answers 401 to a known user (OCI distribution-spec, "Determining Support"). */
async function verifyBasic(
  http: HttpClient,
  address: URL,
  header: string,
  identity: string | undefined,
): Promise<void> {
  const url = new URL('/v2/', address);
  const response = await http.fetch({ method: 'GET', url, headers: { authorization: header } }, maximumWordsBytes);
  if (response.status === 401)
    throw new ChartImagesError('unauthorized', responseError(withIdentity(response, identity)).message, {
      advice: credentialRejectedAdvice,
    });
}

function authorizationHeader(credential: Credential): string | undefined {
  switch (credential.kind) {
    case 'basic':
      return `Basic ${encodeBasic(credential.username, credential.password)}`;
    case 'registry-token':
      return `Bearer ${credential.token}`;
    case 'none':
    case 'identity-token':
    case 'azure-access-token':
      // Tokens for a token server, which this registry does not name.
      return undefined;
  }
}

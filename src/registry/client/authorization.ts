import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import { type Credential, describeIdentity, encodeBasic } from '../credentials/credential.ts';
import type { CredentialChain } from '../credentials/credential-chain.ts';
import type { CredentialTrace } from '../credentials/credential-trace.ts';
import { type AuthScheme, chooseScheme } from './auth-scheme.ts';
import type { Availability } from './availability.ts';
import type { Challenge } from './challenge.ts';
import { buffered, sendGuarded } from './guarded-exchange.ts';
import { checkRealm } from './realm.ts';
import { credentialRejectedAdvice, responseError } from './registry-error.ts';
import type { TokenService } from './token.ts';
import { type CachedToken, createTokens } from './token-cache.ts';
import { createTokenCredentialSource } from './token-credential.ts';
import { createTokenLogins } from './token-logins.ts';

/** Limit for the response to a credential check at `/v2/`. */
const maximumCheckBytes = 64 * 1024;

/** The authorization of a request. */
export interface Authorization {
  /** The Authorization header. Undefined if none is sent. */
  readonly header: string | undefined;
  /** `anonymous`: with an anonymous token. `authenticated`: with a credential of the user. */
  readonly as: 'none' | 'anonymous' | 'authenticated';
  /** For messages. */
  readonly identity?: string | undefined;
  readonly token?: CachedToken;
  /** For basic authentication. */
  readonly credential?: Credential;
}

export const anonymous: Authorization = { header: undefined, as: 'none' };

/** The access that a request needs. */
export interface AccessScope {
  /** Selects credentials for single repositories. Undefined for requests to the registry as a whole. */
  readonly repository: string | undefined;
  /** In the format of token servers: `repository:a:pull`. */
  readonly scope: string;
  /** Also needed for a mount, only by this request: the token server may refuse it. */
  readonly mountScope?: string | undefined;
}

/** Authorizes the requests to one registry. */
export interface Authorizer {
  /** Throws if the credential is rejected. */
  authorize(access: AccessScope): Promise<Authorization>;
  /** The authorization for a retry after a 401. Undefined if a retry can't help. */
  reauthorize(
    access: AccessScope,
    rejected: Authorization,
    challenges: readonly Challenge[],
  ): Promise<Authorization | undefined>;
  /** Why the credential that was expected for a repository is missing. Undefined if there is one, or none expected. */
  missingCredential(repository: string | undefined): Promise<ChartImagesError | undefined>;
}

export interface AuthorizationOptions {
  readonly host: string;
  readonly address: URL;
  /** The challenges of the registry's `/v2/` response. */
  readonly scheme: AuthScheme;
  /** Of the registry. */
  readonly availability: Availability;
  readonly http: HttpClient;
  readonly credentials: CredentialChain;
  readonly trace: CredentialTrace;
  readonly log: Log;
}

export function createAuthorizer(options: AuthorizationOptions): Authorizer {
  const { host, address, http, trace, credentials } = options;
  const tokens = createTokens();
  let { scheme } = options;
  /** The scopes to request if the registry requires others than the specification. */
  const widened = new Map<string, readonly string[]>();
  const source = createTokenCredentialSource(options);
  const logins = createTokenLogins({ http, trace, source });

  /** By Authorization header. A rejected password is not sent again for each repository: servers lock accounts. */
  const checks = new Map<string, Promise<void>>();

  const authorizeBasic = async (repository: string | undefined): Promise<Authorization> => {
    const credential = await credentials.get(host, repository);
    const header = authorizationHeader(credential);
    if (header === undefined) return anonymous;
    const identity = describeIdentity(credential);
    const check = checks.get(header) ?? verifyBasic(options, header, identity);
    checks.set(header, check);
    try {
      await check;
    } catch (error) {
      if (!isRejection(error)) checks.delete(header);
      else if ((await credentials.renew?.(host, repository, credential)) !== undefined)
        return await authorizeBasic(repository);
      throw error;
    }
    return { header, as: 'authenticated', identity, credential };
  };

  const authorizeBearer = async (server: TokenService, access: AccessScope): Promise<Authorization> => {
    const { repository, scope, mountScope } = access;
    const own = widened.get(scope) ?? [scope];
    const scopes = mountScope === undefined || own.includes(mountScope) ? own : [...own, mountScope];
    const known = await credentials.get(host, repository);
    if (known.kind === 'registry-token') return { header: `Bearer ${known.token}`, as: 'authenticated' };
    checkRealm(known, server.realm, address);
    const renew = async () => await credentials.renew?.(host, repository, known);
    const token = await tokens.get(scopes, () => logins.fetch({ server, scopes, known, renew }));
    const credential = await source.credential(known, server);
    const as = credential.kind === 'none' ? 'anonymous' : 'authenticated';
    return { header: `Bearer ${token.value}`, as, token, identity: describeIdentity(credential) };
  };

  const authorize = async (access: AccessScope): Promise<Authorization> => {
    switch (scheme.kind) {
      case 'open':
        return anonymous;
      case 'basic':
        return await authorizeBasic(access.repository);
      case 'bearer':
        return await authorizeBearer(scheme, access);
    }
  };

  const reauthorize: Authorizer['reauthorize'] = async (access, rejected, challenges) => {
    const { scope } = access;
    if (challenges.length === 0) return undefined;
    // `/v2/` may allow anonymous access while repositories require authentication.
    scheme = chooseScheme(challenges, address);
    const required = challenges.find((challenge) => challenge.scheme === 'bearer')?.parameters['scope'] ?? scope;
    const requested = rejected.token?.scopes ?? [scope];
    const missing = required.split(' ').filter((one) => one !== '' && !requested.includes(one));
    if (missing.length > 0) widened.set(scope, [scope, ...missing]);
    else if (rejected.token?.fromCache) tokens.forget(rejected.token);
    else if (rejected.credential !== undefined) {
      // A password of a credential helper may have ended.
      if ((await credentials.renew?.(host, access.repository, rejected.credential)) === undefined) return undefined;
    } else if (rejected.as !== 'none') return undefined;
    try {
      const renewed = await authorize(access);
      return renewed.header === undefined ? undefined : renewed;
    } catch (error) {
      widened.delete(scope);
      throw error;
    }
  };
  const missingCredential: Authorizer['missingCredential'] = async (repository) => {
    const credential = await credentials.get(host, repository);
    return credential.kind === 'none' ? credential.reason : undefined;
  };
  return { authorize, reauthorize, missingCredential };
}

function isRejection(error: unknown): error is ChartImagesError {
  return error instanceof ChartImagesError && error.code === 'unauthorized';
}

/** As `docker login` does: `/v2/` never returns 401 to a known user (OCI distribution-spec, "Determining Support"). */
async function verifyBasic(
  { host, address, http, availability }: AuthorizationOptions,
  header: string,
  identity: string | undefined,
): Promise<void> {
  const url = new URL('/v2/', address);
  const operation = `check the credentials for ${host}`;
  const check = { method: 'GET', target: '/v2/', repository: '', access: 'pull', operation } as const;
  const exchange = buffered((request) => http.fetch(request, maximumCheckBytes));
  const authorized = { method: 'GET', url, headers: { authorization: header } } as const;
  const response = await sendGuarded(availability, check, authorized, identity, exchange);
  if (response.status === 401)
    throw new ChartImagesError('unauthorized', responseError(response).message, {
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
      // Only for token servers, which this registry does not have.
      return undefined;
  }
}

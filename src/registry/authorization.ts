import { basicValue, type Credential, whoseIs } from '../credentials/credential.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { ChartImagesError } from '../errors.ts';
import type { Http } from '../http/http.ts';
import type { Log } from '../log.ts';
import type { Challenge } from './challenge.ts';
import { createLogin, type TokenIdentity } from './login.ts';
import { checkRealm } from './realm.ts';
import { answerTo, notAccepted, refused } from './refusal.ts';
import { type Scheme, schemeOf } from './scheme.ts';
import { fetchToken, type Token, type TokenCredential, type TokenServer } from './token.ts';
import { createTokens, type KnownToken } from './tokens.ts';

/** What is read of the answer to credentials shown at the door. */
const maximumWordsBytes = 64 * 1024;

/** What a request carries. */
export interface Grant {
  /** The Authorization header; undefined when nothing is sent. */
  readonly header: string | undefined;
  /** `anonymous` is a token that everyone gets, `credential` what the user has. */
  readonly as: 'nobody' | 'anonymous' | 'credential';
  /** For messages. */
  readonly whose?: string | undefined;
  readonly token?: KnownToken;
}

export const noGrant: Grant = { header: undefined, as: 'nobody' };

/** What a request is about to do. */
export interface Access {
  /** Logins may be for some repositories only; undefined where it is about the registry as a whole. */
  readonly repository: string | undefined;
  /** As token servers know it: `repository:a:pull`. */
  readonly scope: string;
}

/** What one registry wants in a run, and what was got for it. */
export interface Authorization {
  /** What to send with a request. Throws when the credential is refused. */
  grant(access: Access): Promise<Grant>;
  /** What to send instead after a 401; undefined when nothing better can be had. */
  renew(access: Access, refused: Grant, challenges: readonly Challenge[]): Promise<Grant | undefined>;
}

export interface AuthorizationOptions {
  readonly host: string;
  readonly address: URL;
  /** What the registry wants of whoever knocks. */
  readonly scheme: Scheme;
  readonly http: Http;
  readonly credentials: Credentials;
  readonly mask: (secret: string) => void;
  readonly log: Log;
}

export function createAuthorization(options: AuthorizationOptions): Authorization {
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

  const basicGrant = async (repository: string | undefined): Promise<Grant> => {
    const credential = await credentials.for(host, repository);
    const header = basicHeader(credential);
    if (header === undefined) return noGrant;
    const whose = whoseIs(credential);
    const known = shown.get(header) ?? showAtDoor(http, address, header, whose);
    shown.set(header, known);
    try {
      await known;
    } catch (error) {
      if (!isRefusal(error)) shown.delete(header);
      throw error;
    }
    return { header, as: 'credential', whose };
  };

  const bearerGrant = async (server: TokenServer, { repository, scope }: Access): Promise<Grant> => {
    const scopes = widened.get(scope) ?? [scope];
    const known = await credentials.for(host, repository);
    if (known.kind === 'registry-token') return { header: `Bearer ${known.token}`, as: 'credential' };
    checkRealm(known, server.realm, address);
    const credential = await login.credential(known, server);
    const token = await tokens.get(scopes, () => fetchAs(credential, known, server, scopes));
    const as = credential.kind === 'none' ? 'anonymous' : 'credential';
    return { header: `Bearer ${token.value}`, as, token, whose: whoseIs(credential) };
  };

  const fetchAs = async (
    credential: TokenCredential,
    known: TokenIdentity,
    server: TokenServer,
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
      // A token that the user has himself can not be replaced.
      if (known.kind === 'azure-access-token' && login.drop(credential))
        return await fetchAs(await login.credential(known, server), known, server, scopes);
      if (credential.kind === 'none') throw credential.because ?? error;
      // Of what the registry wanted besides (the repository to mount from), it tells nothing about the password.
      if (scopes.length === 1) refusals.set(credential, error);
      throw error;
    }
  };

  const grant = async (access: Access): Promise<Grant> => {
    switch (scheme.kind) {
      case 'open':
        return noGrant;
      case 'basic':
        return await basicGrant(access.repository);
      case 'bearer':
        return await bearerGrant(scheme, access);
    }
  };

  const renew: Authorization['renew'] = async (access, refused, challenges) => {
    const { scope } = access;
    if (challenges.length === 0) return undefined;
    // The front door may be open where the rooms are locked.
    scheme = schemeOf(challenges, address);
    const asked = challenges.find((challenge) => challenge.scheme === 'bearer')?.parameters['scope'] ?? scope;
    if (!(refused.token?.scopes ?? [scope]).includes(asked)) widened.set(scope, [scope, asked]);
    else if (refused.token?.age === 'kept') tokens.forget(refused.token);
    else if (refused.as !== 'nobody') return undefined;
    try {
      const better = await grant(access);
      return better.header === undefined ? undefined : better;
    } catch (error) {
      widened.delete(scope);
      throw error;
    }
  };
  return { grant, renew };
}

function isRefusal(error: unknown): error is ChartImagesError {
  return error instanceof ChartImagesError && error.code === 'unauthorized';
}

/** As `docker login` does it: the door answers 401 to nobody whom it knows (OCI distribution-spec, "Determining Support"). */
async function showAtDoor(http: Http, address: URL, header: string, whose: string | undefined): Promise<void> {
  const url = new URL('/v2/', address);
  const answer = await http.read({ method: 'GET', url, headers: { authorization: header } }, maximumWordsBytes);
  if (answer.status === 401)
    throw new ChartImagesError('unauthorized', refused(answerTo(answer, whose)).message, { advice: notAccepted });
}

function basicHeader(credential: Credential): string | undefined {
  switch (credential.kind) {
    case 'basic':
      return `Basic ${basicValue(credential.username, credential.password)}`;
    case 'registry-token':
      return `Bearer ${credential.token}`;
    case 'none':
    case 'identity-token':
    case 'azure-access-token':
      // Tokens for a token server, which this registry does not name.
      return undefined;
  }
}

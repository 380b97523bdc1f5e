import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { Credential } from '../credentials/credential.ts';
import type { CredentialTrace } from '../credentials/credential-trace.ts';
import { createAvailability } from './availability.ts';
import { BadGrantError, fetchToken, type Token, type TokenCredential, type TokenService } from './token.ts';
import type { RegistryCredential, TokenCredentialSource } from './token-credential.ts';

/** Requests tokens with the credentials of one registry. */
export interface TokenLogins {
  /** `renew` returns a credential to replace a rejected one. Throws the error of the token server. */
  fetch(request: LoginRequest): Promise<Token>;
}

export interface LoginRequest {
  readonly server: TokenService;
  readonly scopes: readonly string[];
  readonly known: RegistryCredential;
  readonly renew: () => Promise<Credential | undefined>;
}

export interface TokenLoginOptions {
  readonly http: HttpClient;
  readonly trace: CredentialTrace;
  readonly source: TokenCredentialSource;
}

/** Whether a token server accepts a credential. */
interface LoginState {
  isAccepted: boolean;
  rejection: ChartImagesError | undefined;
  /** The request that will show it. */
  test: Promise<unknown> | undefined;
}

/**
 * A token server may refuse the scope, or the credential. Until a credential is accepted, one request at a time is sent
 * with it, and a rejected one is not sent again: token servers lock accounts after some attempts.
 */
export function createTokenLogins({ http, trace, source }: TokenLoginOptions): TokenLogins {
  const states = new WeakMap<TokenCredential, LoginState>();
  /** Apart from the registry: images whose tokens are valid can be finished. */
  const tokenServer = createAvailability();

  const request = async (server: TokenService, scopes: readonly string[], credential: TokenCredential) => {
    tokenServer.admit('token');
    const attempt = tokenServer.begin('token', scopes.join(' '));
    try {
      const token = await fetchToken(http, server, scopes, credential);
      attempt.succeeded();
      trace.maskIssued(token.value);
      return token;
    } catch (error) {
      if (!(error instanceof ChartImagesError)) throw error;
      throw attempt.failed(error, 'this server') ?? error;
    }
  };

  /** As `docker login` does: without a scope, only the credential can be rejected. */
  const isAcceptedWithoutScope = async (server: TokenService, credential: TokenCredential): Promise<boolean> => {
    try {
      await request(server, [], credential);
      return true;
    } catch (error) {
      if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
      return error.code === 'denied';
    }
  };

  const testWith = async ({ server, scopes, known }: LoginRequest, credential: TokenCredential, state: LoginState) => {
    try {
      const token = await request(server, scopes, credential);
      state.isAccepted = true;
      source.accepted();
      return token;
    } catch (error) {
      if (!isRejection(error)) throw error;
      // Azure registries issue tokens with fewer permissions instead of refusing a scope.
      const isCertain = error instanceof BadGrantError || known.kind === 'azure-access-token';
      const isScope = !isCertain && (await isAcceptedWithoutScope(server, credential));
      if (isScope) state.isAccepted = true;
      else state.rejection = error;
      throw error;
    }
  };

  const fetchAs = async (login: LoginRequest, credential: TokenCredential): Promise<Token> => {
    const state = states.get(credential) ?? { isAccepted: false, rejection: undefined, test: undefined };
    states.set(credential, state);
    while (state.test !== undefined) await state.test.catch(() => {});
    if (state.rejection !== undefined) throw state.rejection;
    if (state.isAccepted) return await request(login.server, login.scopes, credential);
    const test = testWith(login, credential, state).finally(() => {
      state.test = undefined;
    });
    state.test = test;
    return await test;
  };

  const fetch = async (login: LoginRequest): Promise<Token> => {
    const { server, scopes, known, renew } = login;
    const credential = await source.credential(known, server);
    if (credential.kind === 'none') {
      return await request(server, scopes, credential).catch((error: unknown) => {
        throw isRejection(error) ? (credential.reason ?? error) : error;
      });
    }
    try {
      return await fetchAs(login, credential);
    } catch (error) {
      if (!isRejection(error)) throw error;
      if (known.kind === 'azure-access-token') {
        if (source.drop(credential)) return await fetch(login);
        throw error;
      }
      const renewed = await renew();
      if (renewed === undefined || renewed.kind === 'registry-token') throw error;
      return await fetch({ ...login, known: renewed });
    }
  };
  return { fetch };
}

function isRejection(error: unknown): error is ChartImagesError {
  return error instanceof ChartImagesError && error.code === 'unauthorized';
}

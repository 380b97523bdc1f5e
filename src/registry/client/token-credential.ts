import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import type { Credential } from '../credentials/credential.ts';
import type { CredentialTrace } from '../credentials/credential-trace.ts';
import { azureRoles } from './registry-error.ts';
import { exchangeAcrRefreshToken, type TokenCredential, type TokenService } from './token.ts';

export interface TokenCredentialOptions {
  readonly host: string;
  readonly http: HttpClient;
  readonly trace: CredentialTrace;
  readonly log: Log;
}

/** Credentials for a token server. */
export type RegistryCredential = Exclude<Credential, { kind: 'registry-token' }>;

/** Provides the credential for the token server of one registry. */
export interface TokenCredentialSource {
  /** Returns the same object while it is valid, so that a rejection can be cached by it. */
  credential(known: RegistryCredential, server: TokenService): Promise<TokenCredential>;
  /** Discards a rejected credential. Returns whether a new one is available. */
  drop(rejected: TokenCredential): boolean;
  /** A credential was accepted. */
  accepted(): void;
}

/** A registry that rejects several new credentials in succession rejects all. */
const maximumRefreshes = 3;

interface ExchangedToken {
  readonly credential: TokenCredential;
  /** Milliseconds since 1970, as Date.now(). */
  readonly renewAfter: number;
}

/**
 * Milliseconds until a failed exchange is tried again: a registry that was overloaded for a moment would otherwise be
 * used anonymously for the rest of the run.
 */
const retryInterval = 30_000;

/**
 * Azure registries exchange a token of Microsoft Entra ID for a refresh token of their own, which is valid for three
 * hours.
 */
export function createTokenCredentialSource(options: TokenCredentialOptions): TokenCredentialSource {
  let exchanged: Promise<ExchangedToken> | undefined;
  let latest: ExchangedToken | undefined;
  let drops = 0;
  /** Resets both together: of many requests with an expired token, only the first must start an exchange. */
  const reset = (): void => {
    exchanged = undefined;
    latest = undefined;
  };
  return {
    async credential(known, server) {
      if (known.kind !== 'azure-access-token') return known;
      if (latest && Date.now() >= latest.renewAfter) reset();
      exchanged ??= exchange(known, server, options);
      latest = await exchanged;
      return latest.credential;
    },
    drop(rejected) {
      if (rejected.kind !== 'identity-token') return false;
      // Another request has already replaced it, or is waiting for its replacement.
      if (latest?.credential !== rejected) return true;
      if (drops >= maximumRefreshes) return false;
      drops += 1;
      reset();
      return true;
    },
    accepted() {
      drops = 0;
    },
  };
}

const unknownIdentityAdvice = `Check that the identity is in the tenant of the registry. ${azureRoles}`;

async function exchange(
  { token, identity }: Extract<Credential, { kind: 'azure-access-token' }>,
  server: TokenService,
  { host, http, trace, log }: TokenCredentialOptions,
): Promise<ExchangedToken> {
  try {
    const { value, renewAfter } = await exchangeAcrRefreshToken(http, server, token);
    trace.maskIssued(value);
    return { credential: { kind: 'identity-token', token: value, identity }, renewAfter };
  } catch (error) {
    // The identity was not configured for this registry, which may allow anonymous pulls.
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    const reason = new ChartImagesError(error.code, `Cannot log in to ${host} with ${identity}: ${error.message}`, {
      advice: error.code === 'unauthorized' ? unknownIdentityAdvice : error.advice,
      cause: error,
    });
    log.info(`${reason.message} Continuing anonymously.`);
    return { credential: { kind: 'none', reason }, renewAfter: Date.now() + retryInterval };
  }
}

import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import type { Credential } from '../credentials/credential.ts';
import { azureRoles } from './registry-error.ts';
import { exchangeAcrRefreshToken, type TokenCredential, type TokenService } from './token.ts';

export interface TokenCredentialOptions {
  readonly host: string;
  readonly http: HttpClient;
  readonly mask: (secret: string) => void;
  readonly log: Log;
}

/** What the user has, where it is for a token server. */
export type RegistryCredential = Exclude<Credential, { kind: 'registry-token' }>;

/** What the token server of one registry is shown. */
export interface TokenCredentialSource {
  /** For what the user has: the same object as long as it is good, so that a refusal can be kept with it. */
  credential(known: RegistryCredential, server: TokenService): Promise<TokenCredential>;
  /** Whether another one can be had in place of one that the server took once and does not take any more. */
  drop(refused: TokenCredential): boolean;
}

/** The one that follows is new; a registry that goes on refusing new ones refuses all. */
const maximumRefreshes = 3;

interface ExchangedToken {
  readonly credential: TokenCredential;
  /** As Date.now() counts. */
  readonly renewAfter: number;
}

/** Azure's registries take a token of the directory in exchange for one of their own, which lives for three hours. */
export function createLogin(options: TokenCredentialOptions): TokenCredentialSource {
  let exchanged: Promise<ExchangedToken> | undefined;
  let latest: ExchangedToken | undefined;
  let drops = 0;
  /** Both at once: many requests find the same one ended, and the second of them must not replace what the first one asks for. */
  const replace = (): void => {
    exchanged = undefined;
    latest = undefined;
  };
  return {
    async credential(known, server) {
      if (known.kind !== 'azure-access-token') return known;
      if (latest && Date.now() >= latest.renewAfter) replace();
      exchanged ??= exchange(known, server, options);
      latest = await exchanged;
      return latest.credential;
    },
    drop(refused) {
      if (refused.kind !== 'identity-token') return false;
      // Another request had it replaced already, or is waiting for the one that follows.
      if (latest?.credential !== refused) return true;
      if (drops >= maximumRefreshes) return false;
      drops += 1;
      replace();
      return true;
    },
  };
}

const unknownIdentityAdvice = `Check that the identity is of the tenant that the registry belongs to. ${azureRoles}`;

async function exchange(
  { token, identity }: Extract<Credential, { kind: 'azure-access-token' }>,
  server: TokenService,
  { host, http, mask, log }: TokenCredentialOptions,
): Promise<ExchangedToken> {
  try {
    const { value, renewAfter } = await exchangeAcrRefreshToken(http, server, token);
    mask(value);
    return { credential: { kind: 'identity-token', token: value, identity }, renewAfter };
  } catch (error) {
    // The pipeline's identity was not given for this registry, and may be a stranger to one that lets everyone pull.
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    const because = new ChartImagesError(error.code, `${host} does not know ${identity}: ${error.message}`, {
      advice: error.code === 'unauthorized' ? unknownIdentityAdvice : error.advice,
      cause: error,
    });
    log.info(`${because.message} Going on without it.`);
    return { credential: { kind: 'none', reason: because }, renewAfter: Number.POSITIVE_INFINITY };
  }
}

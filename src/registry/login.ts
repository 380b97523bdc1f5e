import type { Credential } from '../credentials/credential.ts';
import { ChartImagesError } from '../errors.ts';
import type { Http } from '../http/http.ts';
import type { Log } from '../log.ts';
import { azureRoles } from './refusal.ts';
import { exchangeAzureToken, type TokenCredential, type TokenServer } from './token.ts';

export interface LoginOptions {
  readonly host: string;
  readonly http: Http;
  readonly mask: (secret: string) => void;
  readonly log: Log;
}

/** What the user has, where it is for a token server. */
export type TokenIdentity = Exclude<Credential, { kind: 'registry-token' }>;

/** What the token server of one registry is shown. */
export interface Login {
  /** For what the user has: the same object as long as it is good, so that a refusal can be kept with it. */
  credential(known: TokenIdentity, server: TokenServer): Promise<TokenCredential>;
  /** Whether another one can be had in place of one that the server took once and does not take any more. */
  drop(refused: TokenCredential): boolean;
}

/** The one that follows is new; a registry that goes on refusing new ones refuses all. */
const mostDrops = 3;

interface Exchanged {
  readonly credential: TokenCredential;
  /** As Date.now() counts. */
  readonly renewAfter: number;
}

/** Azure's registries take a token of the directory in exchange for one of their own, which lives for three hours. */
export function createLogin(options: LoginOptions): Login {
  let exchanged: Promise<Exchanged> | undefined;
  let latest: Exchanged | undefined;
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
      if (drops >= mostDrops) return false;
      drops += 1;
      replace();
      return true;
    },
  };
}

const strangerAdvice = `Check that the identity is of the tenant that the registry belongs to. ${azureRoles}`;

async function exchange(
  { token, whose }: Extract<Credential, { kind: 'azure-access-token' }>,
  server: TokenServer,
  { host, http, mask, log }: LoginOptions,
): Promise<Exchanged> {
  try {
    const { value, renewAfter } = await exchangeAzureToken(http, server, token);
    mask(value);
    return { credential: { kind: 'identity-token', token: value, whose }, renewAfter };
  } catch (error) {
    // The pipeline's identity was not given for this registry, and may be a stranger to one that lets everyone pull.
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    const because = new ChartImagesError(error.code, `${host} does not know ${whose}: ${error.message}`, {
      advice: error.code === 'unauthorized' ? strangerAdvice : error.advice,
      cause: error,
    });
    log.info(`${because.message} Going on without it.`);
    return { credential: { kind: 'none', because }, renewAfter: Number.POSITIVE_INFINITY };
  }
}

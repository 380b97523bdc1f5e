import { passingErrors } from '../../core/errors.ts';
import type { StoreCredential } from '../../registry/azure/store-credential.ts';
import type { Registries, Registry } from '../../registry/client/registry.ts';
import type { Credential } from '../../registry/credentials/credential.ts';

/**
 * Milliseconds before its expiry that a credential is replaced, at most half its lifetime: the upload of a large layer
 * may start with it.
 */
const renewalMargin = 30 * 60_000;

/** Credential of an artifact manifest, renewed before it expires, because a run may last longer. */
export interface StoreCredentialCache {
  /** Login server of the store's registry. */
  readonly registry: string;
  /** The same object until it is renewed. */
  credential(): Promise<Credential>;
}

/** Milliseconds until a failed renewal is tried again while the credential is still valid. */
const retryInterval = 60_000;

interface Listed {
  readonly credential: Credential;
  readonly registry: string;
  /** As Date.now() counts. */
  readonly renewAfter: number;
  readonly expires: number;
}

/** `list` requests a new credential from Azure. */
export async function createStoreCredentialCache(list: () => Promise<StoreCredential>): Promise<StoreCredentialCache> {
  const ask = async (): Promise<Listed> => {
    const { registry, username, password, expires } = await list();
    const life = expires - Date.now();
    const renewAfter = expires - Math.min(renewalMargin, life / 2);
    const identity = `the credential of the artifact manifest ${username}`;
    return { credential: { kind: 'basic', username, password, identity }, registry, renewAfter, expires };
  };
  const renew = async (valid: Listed): Promise<Listed> => {
    try {
      return await ask();
    } catch (thrown) {
      passingErrors(thrown);
      if (Date.now() >= valid.expires) throw thrown;
      return { ...valid, renewAfter: Math.min(valid.expires, Date.now() + retryInterval) };
    }
  };
  let listed = await ask();
  let flight: Promise<Listed> | undefined;
  return {
    registry: listed.registry,
    async credential() {
      if (Date.now() >= listed.renewAfter) {
        flight ??= renew(listed).finally(() => {
          flight = undefined;
        });
        listed = await flight;
      }
      return listed.credential;
    },
  };
}

/** A view in which one registry is empty: it cannot be accessed before its artifact manifest exists. */
export function withEmptyRegistry(registries: Registries, host: string): Registries {
  return {
    ...registries,
    get(name) {
      const registry = registries.get(name);
      return name === host ? withoutManifests(registry) : registry;
    },
  };
}

function withoutManifests(registry: Registry): Registry {
  return {
    ...registry,
    headManifest: async () => ({ result: 'absent', reason: 'its artifact manifest does not exist yet' }),
  };
}

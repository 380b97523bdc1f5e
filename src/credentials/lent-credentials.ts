import { canonicalRegistry } from '../image/location.ts';
import { type Credential, secretForms } from './credential.ts';
import type { Credentials } from './credentials.ts';

/** Credentials of a run, to which others come while it goes on. */
export interface LentCredentials extends Credentials {
  /** From now on `give` is asked for the credential of this registry, each time. */
  lend(registry: string, give: () => Promise<Credential>): void;
}

export function lentCredentials(own: Credentials, mask: (secret: string) => void): LentCredentials {
  const lent = new Map<string, () => Promise<Credential>>();
  const masked = new WeakSet<Credential>();
  return {
    lend: (registry, give) => {
      lent.set(canonicalRegistry(registry), give);
    },
    async for(host, repository) {
      const give = lent.get(canonicalRegistry(host));
      if (give === undefined) return await own.for(host, repository);
      const credential = await give();
      if (!masked.has(credential)) for (const secret of secretForms(credential)) mask(secret);
      masked.add(credential);
      return credential;
    },
  };
}

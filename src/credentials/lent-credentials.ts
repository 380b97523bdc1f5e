import { canonicalRegistry } from '../image/location.ts';
import { type Credential, secretForms, whoseIs } from './credential.ts';
import type { Credentials } from './credentials.ts';
import { kindOf } from './login-step.ts';

/** Credentials of a run, to which others come while it goes on. */
export interface LentCredentials extends Credentials {
  /** From now on `give` is asked for the credential of this registry, each time. */
  lend(registry: string, give: () => Promise<Credential>): void;
}

export interface Lending {
  readonly mask: (secret: string) => void;
  /** Takes the lines of how each lent credential was found; no line holds a secret. */
  readonly explain: (line: string) => void;
}

export function lentCredentials(own: Credentials, { mask, explain }: Lending): LentCredentials {
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
      if (!masked.has(credential)) {
        for (const secret of secretForms(credential)) mask(secret);
        explain(`Credentials for ${canonicalRegistry(host)}: ${kindOf(credential)}`);
        explain(`  got in this run: ${whoseIs(credential) ?? 'nothing is known of it'}`);
      }
      masked.add(credential);
      return credential;
    },
  };
}

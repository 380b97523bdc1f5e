import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import { type Credential, describeIdentity, secretVariants } from './credential.ts';
import type { CredentialChain } from './credential-chain.ts';
import { describeCredential } from './docker-config-provider.ts';

/** Credentials of a run, to which others come while it goes on. */
export interface OverridableCredentials extends CredentialChain {
  /** From now on `give` is asked for the credential of this registry, each time. */
  override(registry: string, provide: () => Promise<Credential>): void;
}

export interface OverrideOptions {
  readonly mask: (secret: string) => void;
  /** Takes the lines of how each lent credential was found; no line holds a secret. */
  readonly explain: (line: string) => void;
}

export function withOverrides(own: CredentialChain, { mask, explain }: OverrideOptions): OverridableCredentials {
  const lent = new Map<string, () => Promise<Credential>>();
  const masked = new WeakSet<Credential>();
  return {
    override: (registry, provide) => {
      lent.set(canonicalRegistry(registry), provide);
    },
    async get(host, repository) {
      const provide = lent.get(canonicalRegistry(host));
      if (provide === undefined) return await own.get(host, repository);
      const credential = await provide();
      if (!masked.has(credential)) {
        for (const secret of secretVariants(credential)) mask(secret);
        explain(`Credentials for ${canonicalRegistry(host)}: ${describeCredential(credential)}`);
        explain(`  got in this run: ${describeIdentity(credential) ?? 'nothing is known of it'}`);
      }
      masked.add(credential);
      return credential;
    },
  };
}

import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import { type Credential, describeIdentity, secretVariants } from './credential.ts';
import type { CredentialChain } from './credential-chain.ts';
import { describeCredential } from './docker-config-provider.ts';

/** The credentials of a run, which can be overridden for a registry. */
export interface OverridableCredentials extends CredentialChain {
  /** `provide` is called for every later request of the credential of this registry. */
  override(registry: string, provide: () => Promise<Credential>): void;
}

export interface OverrideOptions {
  readonly mask: (secret: string) => void;
  /** Receives the lines about each provided credential. Never a secret. */
  readonly trace: (line: string) => void;
}

export function withOverrides(chain: CredentialChain, { mask, trace }: OverrideOptions): OverridableCredentials {
  const providers = new Map<string, () => Promise<Credential>>();
  const masked = new WeakSet<Credential>();
  return {
    override: (registry, provide) => {
      providers.set(canonicalRegistry(registry), provide);
    },
    async get(host, repository) {
      const provide = providers.get(canonicalRegistry(host));
      if (provide === undefined) return await chain.get(host, repository);
      const credential = await provide();
      if (!masked.has(credential)) {
        for (const secret of secretVariants(credential)) mask(secret);
        trace(`Credentials for ${canonicalRegistry(host)}: ${describeCredential(credential)}`);
        trace(`  created in this run: ${describeIdentity(credential) ?? 'unknown identity'}`);
      }
      masked.add(credential);
      return credential;
    },
  };
}

import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import { type Credential, describeIdentity, isSameCredential } from './credential.ts';
import type { CredentialChain } from './credential-chain.ts';
import type { CredentialTrace } from './credential-trace.ts';
import { describeCredential } from './docker-config-provider.ts';

/** The credentials of a run, which can be overridden for a registry. */
export interface OverridableCredentials extends CredentialChain {
  /** `provide` is called for every later request of the credential of this registry. */
  override(registry: string, provide: () => Promise<Credential>): void;
}

export function withOverrides(chain: CredentialChain, trace: CredentialTrace): OverridableCredentials {
  const providers = new Map<string, () => Promise<Credential>>();
  const explained = new WeakSet<Credential>();
  return {
    override: (registry, provide) => {
      providers.set(canonicalRegistry(registry), provide);
    },
    async renew(host, repository, rejected) {
      const provide = providers.get(canonicalRegistry(host));
      if (provide === undefined) return await chain.renew?.(host, repository, rejected);
      const current = await provide();
      return isSameCredential(current, rejected) ? undefined : current;
    },
    async get(host, repository) {
      const provide = providers.get(canonicalRegistry(host));
      if (provide === undefined) return await chain.get(host, repository);
      const credential = await provide();
      trace.maskCredential(credential);
      if (!explained.has(credential)) {
        trace.explain(`Credentials for ${canonicalRegistry(host)}: ${describeCredential(credential)}`);
        trace.explain(`  created in this run: ${describeIdentity(credential) ?? 'unknown identity'}`);
      }
      explained.add(credential);
      return credential;
    },
  };
}

import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { azureProvider } from './azure-provider.ts';
import { type Credential, isSameCredential, noCredential } from './credential.ts';
import type { CredentialTrace } from './credential-trace.ts';
import { dockerConfigLocations } from './docker-config-locations.ts';
import { type CredentialProvider, describeCredential, dockerConfigProvider } from './docker-config-provider.ts';
import { type InputCredential, inputProvider } from './input-provider.ts';
import { checkSecretForm } from './secret-form.ts';

export interface CredentialChainOptions {
  /** The lines of `registry-credentials`. */
  readonly explicit: readonly InputCredential[];
  /** Service connections to registries. Undefined on hosts without service connections. */
  readonly connections?: CredentialProvider | undefined;
  /** With the locations of the files of docker and podman, and the variables of credential helpers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** Only for Azure registries, after all other providers. */
  readonly azure: AzureIdentity;
  readonly trace: CredentialTrace;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface CredentialChain {
  /**
   * The masked credential for a repository of a registry (`host[:port]`), or for the whole registry. `none` if there is
   * none. Throws if a configuration file is invalid, or the credential helper of this host fails.
   */
  get(host: string, repository?: string): Promise<Credential>;
  /**
   * Another credential in place of one that the registry rejected: those of helpers end during a long run. Undefined if
   * there is none, or if no credential of the chain can be renewed.
   */
  renew?(host: string, repository: string | undefined, rejected: Credential): Promise<Credential | undefined>;
}

/**
 * In order: `registry-credentials`, service connections, files of docker and podman, and the Azure identity of the
 * run.
 */
export function createCredentialChain(options: CredentialChainOptions): CredentialChain {
  const named = [inputProvider(options.explicit), ...(options.connections ? [options.connections] : [])];
  const files = dockerConfigLocations(options).map((location) => dockerConfigProvider(location, options));
  const azure = azureProvider(options.azure);
  const logins = new Map<string, Promise<ChainResult>>();
  const reported = new Set<string>();
  const renewals = new WeakMap<Credential, ReturnType<typeof renewIn>>();
  const chain: Required<CredentialChain> = {
    async get(host, repository) {
      const registry = canonicalRegistry(host);
      // Azure tokens are not memoized here: they expire within two hours, and their provider caches them.
      const result = await tryInOrder([
        () => tryProviders(named, registry, repository),
        () => memoize(logins, [registry, repository ?? ''].join('/'), () => tryProviders(files, registry, repository)),
        () => tryProviders([azure], registry, repository),
      ]);
      const lines = explain(registry, result);
      if (!reported.has(lines.join('\n'))) for (const line of lines) options.trace.explain(line);
      reported.add(lines.join('\n'));
      if (result.error !== undefined) throw result.error;
      checkSecretForm(result.credential, registry);
      options.trace.maskCredential(result.credential);
      return result.credential;
    },
    async renew(host, repository, rejected) {
      const current = await chain.get(host, repository);
      // Another request has already renewed it.
      if (!isSameCredential(current, rejected)) return current;
      const renewing = renewals.get(current) ?? renewIn(files, current).finally(() => renewals.delete(current));
      renewals.set(current, renewing);
      await renewing;
      logins.clear();
      const latest = await chain.get(host, repository);
      return isSameCredential(latest, rejected) ? undefined : latest;
    },
  };
  return chain;
}

async function renewIn(providers: readonly CredentialProvider[], rejected: Credential): Promise<void> {
  await Promise.all(providers.map(({ renew }) => renew?.(rejected)));
}

async function memoize<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return await value;
}

interface ChainResult {
  readonly credential: Credential;
  /** Whether a provider found a credential, or failed. */
  readonly ended: boolean;
  readonly error: unknown;
  /** The tried providers with their results. */
  readonly steps: readonly { readonly name: string; readonly detail: string }[];
}

async function tryProviders(
  providers: readonly CredentialProvider[],
  host: string,
  repository: string | undefined,
): Promise<ChainResult> {
  const steps: { readonly name: string; readonly detail: string }[] = [];
  for (const { name, lookUp } of providers) {
    try {
      const { credential, detail, ends } = await lookUp(host, repository);
      steps.push({ name, detail });
      if (credential.kind !== 'none' || credential.reason || ends)
        return { credential, ended: true, error: undefined, steps };
    } catch (error) {
      steps.push({ name, detail: error instanceof ChartImagesError ? error.message : 'failed' });
      return { credential: noCredential, ended: true, error, steps };
    }
  }
  return { credential: noCredential, ended: false, error: undefined, steps };
}

async function tryInOrder(searches: readonly (() => Promise<ChainResult>)[]): Promise<ChainResult> {
  let result: ChainResult = { credential: noCredential, ended: false, error: undefined, steps: [] };
  for (const search of searches) {
    const next = await search();
    result = { ...next, steps: [...result.steps, ...next.steps] };
    if (result.ended) break;
  }
  return result;
}

function explain(host: string, { credential, error, steps }: ChainResult): readonly string[] {
  const summary =
    error === undefined ? (credential.kind === 'none' ? 'none (anonymous)' : describeCredential(credential)) : 'error';
  return [`Credentials for ${host}: ${summary}`, ...steps.map(({ name, detail }) => `  ${name}: ${detail}`)];
}

import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { azureProvider } from './azure-provider.ts';
import { type Credential, noCredential, secretVariants } from './credential.ts';
import { dockerConfigLocations } from './docker-config-locations.ts';
import { type CredentialProvider, describeCredential, dockerConfigProvider } from './docker-config-provider.ts';
import { type InputCredential, inputProvider } from './input-provider.ts';
import { checkSecretForm } from './secret-form.ts';

export interface CredentialChainOptions {
  /** The lines of `registry-credentials`. */
  readonly explicit: readonly InputCredential[];
  /** Registries that service connections are for; undefined on hosts that have none. */
  readonly connections?: CredentialProvider | undefined;
  /** Says where docker and podman keep logins and, to helpers, everything else. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** Who the run is to Azure: asked only for Azure's registries, and only after everything else. */
  readonly azure: AzureIdentity;
  /** Makes the host hide a text from now on. */
  readonly mask: (secret: string) => void;
  /** Takes each line of how credentials were looked for, once; no line holds a secret. */
  readonly explain: (line: string) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface CredentialChain {
  /**
   * The credential for a repository of a registry (`host[:port]`), or for the registry as a whole where none is named, masked
   * already; `none` where there is none. Throws when something that should tell it cannot be read: a broken config.json, or
   * a helper that is named for this host and fails.
   */
  get(host: string, repository?: string): Promise<Credential>;
}

/** Who speaks first: the user's own lines, his service connections, docker's and podman's logins, and for Azure's registries the identity of the run. */
export function createCredentialChain(options: CredentialChainOptions): CredentialChain {
  const named = [inputProvider(options.explicit), ...(options.connections ? [options.connections] : [])];
  const places = dockerConfigLocations(options).map((place) => dockerConfigProvider(place, options));
  const azure = azureProvider(options.azure);
  const logins = new Map<string, Promise<ChainResult>>();
  const reported = new Set<string>();
  const masked = new WeakSet<Credential>();
  const mask = (credential: Credential): void => {
    if (!masked.has(credential)) for (const secret of secretVariants(credential)) options.mask(secret);
    masked.add(credential);
  };
  return {
    async get(host, repository) {
      const registry = canonicalRegistry(host);
      // Those of Azure are asked anew each time: their tokens end within an hour or two, and they keep the ones that are good.
      const whole = await tryInOrder([
        () => tryProviders(named, registry, repository),
        () => memoize(logins, [registry, repository ?? ''].join('/'), () => tryProviders(places, registry, repository)),
        () => tryProviders([azure], registry, repository),
      ]);
      const lines = explain(registry, whole);
      if (!reported.has(lines.join('\n'))) for (const line of lines) options.explain(line);
      reported.add(lines.join('\n'));
      if (whole.fault !== undefined) throw whole.fault;
      checkSecretForm(whole.credential, registry);
      mask(whole.credential);
      return whole.credential;
    },
  };
}

async function memoize<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return await value;
}

/** How far a search came. */
interface ChainResult {
  readonly credential: Credential;
  /** Whether a step answered, or failed in a way that ends it. */
  readonly ended: boolean;
  readonly fault: unknown;
  /** Each step that was tried, and what it said. */
  readonly steps: readonly { readonly name: string; readonly words: string }[];
}

async function tryProviders(
  steps: readonly CredentialProvider[],
  host: string,
  repository: string | undefined,
): Promise<ChainResult> {
  const tried: { readonly name: string; readonly words: string }[] = [];
  for (const { name, look } of steps) {
    try {
      const { credential, words, ends } = await look(host, repository);
      tried.push({ name, words });
      if (credential.kind !== 'none' || credential.reason || ends)
        return { credential, ended: true, fault: undefined, steps: tried };
    } catch (issue) {
      tried.push({ name, words: issue instanceof ChartImagesError ? issue.message : 'failed' });
      return { credential: noCredential, ended: true, fault: issue, steps: tried };
    }
  }
  return { credential: noCredential, ended: false, fault: undefined, steps: tried };
}

/** One search after the other until one ends it. */
async function tryInOrder(searches: readonly (() => Promise<ChainResult>)[]): Promise<ChainResult> {
  let whole: ChainResult = { credential: noCredential, ended: false, fault: undefined, steps: [] };
  for (const go of searches) {
    const next = await go();
    whole = { ...next, steps: [...whole.steps, ...next.steps] };
    if (whole.ended) break;
  }
  return whole;
}

function explain(host: string, { credential, fault, steps }: ChainResult): readonly string[] {
  const verdict =
    fault === undefined ? (credential.kind === 'none' ? 'none (anonymous)' : describeCredential(credential)) : 'error';
  return [`Credentials for ${host}: ${verdict}`, ...steps.map(({ name, words }) => `  ${name}: ${words}`)];
}

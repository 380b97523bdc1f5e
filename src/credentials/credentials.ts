import { ChartImagesError } from '../errors.ts';
import { canonicalRegistry } from '../image/location.ts';
import type { Log } from '../log.ts';
import { cloudOfRegistry } from './azure-cloud.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { type Credential, noCredential, secretForms } from './credential.ts';
import { hostOfKey } from './docker-config.ts';
import { loginPlaces } from './login-places.ts';
import { type Finding, kindOf, loginStep, nothing, type Step } from './login-step.ts';

export interface CredentialsOptions {
  /** The lines of `registry-credentials`. */
  readonly explicit: readonly { readonly host: string; readonly username: string; readonly password: string }[];
  /** Tells where docker and podman keep logins and, to helpers, everything else. */
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

export interface Credentials {
  /**
   * The credential for a repository of a registry (`host[:port]`), or for the registry as a whole where none is named, masked
   * already; `none` where there is none. Throws when something that should tell it can not be read: a broken config.json, or
   * a helper that is named for this host and fails.
   */
  for(host: string, repository?: string): Promise<Credential>;
}

/** Who speaks first: the user's own lines, docker's and podman's logins, and for Azure's registries the identity of the run. */
export function createCredentials(options: CredentialsOptions): Credentials {
  const kept = [explicitStep(options), ...loginPlaces(options).map((place) => loginStep(place, options))];
  // Asked anew each time: its tokens end within an hour or two, and it keeps the ones that are good.
  const azure = azureStep(options);
  const logins = new Map<string, Promise<Search>>();
  const told = new Set<string>();
  return {
    async for(host, repository) {
      const registry = canonicalRegistry(host);
      const key = repository === undefined ? registry : `${registry}/${repository}`;
      const searching = logins.get(key) ?? search(kept, registry, repository, options.mask);
      logins.set(key, searching);
      const login = await searching;
      const whole = login.ended ? login : joined(login, await search([azure], registry, repository, () => {}));
      const lines = explanationOf(registry, whole);
      if (!told.has(lines.join('\n'))) for (const line of lines) options.explain(line);
      told.add(lines.join('\n'));
      if (whole.fault !== undefined) throw whole.fault;
      return whole.credential;
    },
  };
}

/** How far a search came. */
interface Search {
  readonly credential: Credential;
  /** Whether a step answered, or failed in a way that ends it. */
  readonly ended: boolean;
  readonly fault: unknown;
  /** Each step that was tried, and what it said. */
  readonly steps: readonly { readonly name: string; readonly words: string }[];
}

async function search(
  steps: readonly Step[],
  host: string,
  repository: string | undefined,
  mask: (secret: string) => void,
): Promise<Search> {
  const tried: { readonly name: string; readonly words: string }[] = [];
  for (const { name, look } of steps) {
    try {
      const { credential, words } = await look(host, repository);
      for (const secret of secretForms(credential)) mask(secret);
      tried.push({ name, words });
      if (credential.kind !== 'none' || credential.because)
        return { credential, ended: true, fault: undefined, steps: tried };
    } catch (fault) {
      tried.push({ name, words: fault instanceof ChartImagesError ? fault.message : 'failed' });
      return { credential: noCredential, ended: true, fault, steps: tried };
    }
  }
  return { credential: noCredential, ended: false, fault: undefined, steps: tried };
}

function joined(first: Search, second: Search): Search {
  return { ...second, steps: [...first.steps, ...second.steps] };
}

function explanationOf(host: string, { credential, fault, steps }: Search): readonly string[] {
  const verdict =
    fault === undefined ? (credential.kind === 'none' ? 'none, asked as nobody' : kindOf(credential)) : 'error';
  return [`Credentials for ${host}: ${verdict}`, ...steps.map(({ name, words }) => `  ${name}: ${words}`)];
}

function explicitStep({ explicit }: CredentialsOptions): Step {
  const lines = explicit.map(({ host, username, password }) => {
    const credential: Credential = { kind: 'basic', username, password };
    return { host: hostOfKey(host), credential };
  });
  const look = async (host: string): Promise<Finding> => {
    const credential = lines.find((line) => line.host === host)?.credential;
    return credential ? { credential, words: kindOf(credential) } : nothing('no line for this registry');
  };
  return { name: 'registry-credentials', look };
}

/** An identity that Entra refuses is not the end: the registry may let everyone pull. Where it does not, it is the reason. */
function azureStep({ azure }: CredentialsOptions): Step {
  const look = async (host: string): Promise<Finding> => {
    const cloud = cloudOfRegistry(host);
    if (cloud === undefined) return nothing("not asked, this is no registry of Azure's");
    try {
      const token = await azure.token('registry', cloud);
      if (token === undefined) return nothing('there is none');
      const whose = azure.name();
      return { credential: { kind: 'azure-access-token', token, whose }, words: `a token of ${whose}` };
    } catch (error) {
      if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
      return { credential: { kind: 'none', because: error }, words: error.message };
    }
  };
  return { name: 'Azure identity', look };
}

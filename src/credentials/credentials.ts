import { ChartImagesError } from '../errors.ts';
import { canonicalRegistry } from '../image/location.ts';
import type { Log } from '../log.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { azureStep } from './azure-step.ts';
import { type Credential, noCredential, secretForms } from './credential.ts';
import { type ExplicitLogin, explicitStep } from './explicit-step.ts';
import { loginPlaces } from './login-places.ts';
import { kindOf, loginStep, type Step } from './login-step.ts';
import { checkSecretForm } from './secret-form.ts';

export interface CredentialsOptions {
  /** The lines of `registry-credentials`. */
  readonly explicit: readonly ExplicitLogin[];
  /** Registries that service connections are for; undefined on hosts that have none. */
  readonly connections?: Step | undefined;
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

/** Who speaks first: the user's own lines, his service connections, docker's and podman's logins, and for Azure's registries the identity of the run. */
export function createCredentials(options: CredentialsOptions): Credentials {
  const named = [explicitStep(options.explicit), ...(options.connections ? [options.connections] : [])];
  const places = loginPlaces(options).map((place) => loginStep(place, options));
  const azure = azureStep(options.azure);
  const logins = new Map<string, Promise<Search>>();
  const told = new Set<string>();
  const masked = new WeakSet<Credential>();
  const mask = (credential: Credential): void => {
    if (!masked.has(credential)) for (const secret of secretForms(credential)) options.mask(secret);
    masked.add(credential);
  };
  return {
    async for(host, repository) {
      const registry = canonicalRegistry(host);
      // Those of Azure are asked anew each time: their tokens end within an hour or two, and they keep the ones that are good.
      const whole = await inTurn([
        () => search(named, registry, repository),
        () => keptIn(logins, [registry, repository ?? ''].join('/'), () => search(places, registry, repository)),
        () => search([azure], registry, repository),
      ]);
      const lines = explanationOf(registry, whole);
      if (!told.has(lines.join('\n'))) for (const line of lines) options.explain(line);
      told.add(lines.join('\n'));
      if (whole.fault !== undefined) throw whole.fault;
      checkSecretForm(whole.credential, registry);
      mask(whole.credential);
      return whole.credential;
    },
  };
}

async function keptIn<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return await value;
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

async function search(steps: readonly Step[], host: string, repository: string | undefined): Promise<Search> {
  const tried: { readonly name: string; readonly words: string }[] = [];
  for (const { name, look } of steps) {
    try {
      const { credential, words, ends } = await look(host, repository);
      tried.push({ name, words });
      if (credential.kind !== 'none' || credential.because || ends)
        return { credential, ended: true, fault: undefined, steps: tried };
    } catch (fault) {
      tried.push({ name, words: fault instanceof ChartImagesError ? fault.message : 'failed' });
      return { credential: noCredential, ended: true, fault, steps: tried };
    }
  }
  return { credential: noCredential, ended: false, fault: undefined, steps: tried };
}

/** One search after the other until one ends it. */
async function inTurn(searches: readonly (() => Promise<Search>)[]): Promise<Search> {
  let whole: Search = { credential: noCredential, ended: false, fault: undefined, steps: [] };
  for (const go of searches) {
    const next = await go();
    whole = { ...next, steps: [...whole.steps, ...next.steps] };
    if (whole.ended) break;
  }
  return whole;
}

function explanationOf(host: string, { credential, fault, steps }: Search): readonly string[] {
  const verdict =
    fault === undefined ? (credential.kind === 'none' ? 'none, asked as nobody' : kindOf(credential)) : 'error';
  return [`Credentials for ${host}: ${verdict}`, ...steps.map(({ name, words }) => `  ${name}: ${words}`)];
}

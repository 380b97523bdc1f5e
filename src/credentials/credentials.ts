import { join } from 'node:path';
import { ChartImagesError } from '../errors.ts';
import { readText } from '../files/read-file.ts';
import { canonicalRegistry } from '../image/location.ts';
import type { Log } from '../log.ts';
import { once } from '../process/once.ts';
import { type AzureCloud, cloudOfRegistry } from './azure-cloud.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { type Credential, noCredential, secretForms } from './credential.ts';
import { askHelper } from './credential-helper.ts';
import * as docker from './docker-config.ts';

/** A file of logins has a few kilobytes; those of build machines with hundreds of registries stay below this. */
const maximumConfigBytes = 1024 * 1024;

export interface CredentialsOptions {
  /** The lines of `registry-credentials`. */
  readonly explicit: readonly { readonly host: string; readonly username: string; readonly password: string }[];
  /** Tells DOCKER_CONFIG and, to helpers, everything else. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** Who the run is to Azure: asked only for Azure's registries, and only after everything else. */
  readonly azure: AzureIdentity;
  /** Makes the host hide a text from now on. */
  readonly mask: (secret: string) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface Credentials {
  /**
   * The credential for a registry (`host[:port]`), masked already; `none` where there is none. Throws when something
   * that should tell it can not be read: a broken config.json, or a helper that is named for this host and fails.
   */
  for(host: string): Promise<Credential>;
}

/** Who speaks first: the user's own lines, docker's logins, and for Azure's registries the identity of the pipeline. */
export function createCredentials(options: CredentialsOptions): Credentials {
  const known = new Map<string, Promise<Credential>>();
  const config = once(() => readDockerConfig(options));
  const masked = (credential: Credential): Credential => {
    for (const secret of secretForms(credential)) options.mask(secret);
    return credential;
  };
  const find = async (host: string): Promise<Credential> => {
    const explicit = options.explicit.find((line) => docker.hostOfKey(line.host) === host);
    if (explicit) return { kind: 'basic', username: explicit.username, password: explicit.password };
    return await dockerLogin(host, await config(), options);
  };
  return {
    async for(host) {
      const registry = canonicalRegistry(host);
      const found = known.get(registry) ?? find(registry).then(masked);
      known.set(registry, found);
      const login = await found;
      const cloud = cloudOfRegistry(registry);
      // Asked anew each time: its tokens end within an hour or two, and it keeps the ones that are good.
      return login.kind === 'none' && cloud ? await azureCredential(cloud, options) : login;
    },
  };
}

/** An identity that Entra refuses is not the end: the registry may let everyone pull. Where it does not, it is the reason. */
async function azureCredential(cloud: AzureCloud, { azure }: CredentialsOptions): Promise<Credential> {
  try {
    const token = await azure.token('registry', cloud);
    return token === undefined ? noCredential : { kind: 'azure-access-token', token, whose: azure.name() };
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    return { kind: 'none', because: error };
  }
}

interface ConfigFile {
  readonly path: string;
  readonly config: docker.DockerConfig;
}

async function readDockerConfig(options: CredentialsOptions): Promise<ConfigFile | undefined> {
  const folder = options.environment['DOCKER_CONFIG'] || join(options.homeFolder, '.docker');
  const path = join(folder, 'config.json');
  try {
    const text = await readText(path, { maximumBytes: maximumConfigBytes });
    return { path, config: docker.parseDockerConfig(text, path) };
  } catch (error) {
    if (error instanceof ChartImagesError && error.code === 'file-not-found') return undefined;
    throw error;
  }
}

/** Docker's own order: the helper for this host, the helper for all hosts, the file. */
async function dockerLogin(
  host: string,
  file: ConfigFile | undefined,
  options: CredentialsOptions,
): Promise<Credential> {
  if (file === undefined) return noCredential;
  const { environment, signal } = options;
  const ask = (helper: string) => askHelper({ helper, server: docker.serverKey(host), environment, signal });
  const helper = docker.helperFor(file.config, host);
  const fromHelper = helper === undefined ? noCredential : await ask(helper);
  if (fromHelper.kind !== 'none') return fromHelper;
  const store = file.config.credsStore;
  const fromStore = store === '' || helper !== undefined ? noCredential : await askStore(() => ask(store), options);
  return fromStore.kind === 'none' ? docker.credentialInFile(file.config, host, file.path) : fromStore;
}

/**
 * A store for all hosts is often set up where it does not work (Docker Desktop's without the desktop), and the registry
 * in question may want no credential at all: a failure is a warning.
 */
async function askStore(ask: () => Promise<Credential>, { log }: CredentialsOptions): Promise<Credential> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    log.warning(`${error.message} Going on without it.`);
    return noCredential;
  }
}

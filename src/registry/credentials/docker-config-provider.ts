import { ChartImagesError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { once } from '../../core/process/once.ts';
import { type Credential, noCredential } from './credential.ts';
import { askHelper } from './credential-helper.ts';
import * as docker from './docker-config.ts';
import type { DockerConfigLocation } from './docker-config-locations.ts';

/** One step of the search for a credential. */
export interface CredentialProvider {
  /** For explanations. */
  readonly name: string;
  look(host: string, repository: string | undefined): Promise<LookupResult>;
}

/** What a step came to. */
export interface LookupResult {
  readonly credential: Credential;
  /** What it found, or why nothing, in a few words; never a secret. */
  readonly words: string;
  /** The user wants none, so no other provider is asked. */
  readonly ends?: 'search';
}

export interface DockerLookupOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Looks in one place, in docker's own order: the helper for this host, the helper for all hosts, the file itself. Each helper
 * is asked once for a host, and one entry gives the same object each time, so that what becomes of it can be kept with it.
 */
export function dockerConfigProvider(place: DockerConfigLocation, options: DockerLookupOptions): CredentialProvider {
  const config = once(async () => {
    const text = await place.read();
    return text === undefined ? undefined : docker.parseDockerConfig(text, place);
  });
  const helped = new Map<string, Promise<LookupResult | undefined>>();
  const entries = new Map<string, Credential>();
  return {
    name: place.name,
    async look(host, repository) {
      const read = await config();
      if (read === undefined) return notFound(place.absent);
      const asking = helped.get(host) ?? askHelpers(read, host, options);
      helped.set(host, asking);
      const helper = await asking;
      if (helper && helper.credential.kind !== 'none') return helper;
      const login = docker.credentialInFile(read, place, host, repository);
      if (login === undefined) return notFound(helper ? `${helper.words}, and no entry` : 'no entry');
      const credential = entries.get(login.key) ?? login.credential;
      entries.set(login.key, credential);
      return { credential, words: `${describeCredential(credential)} under the key "${login.key}"` };
    },
  };
}

export function notFound(words: string): LookupResult {
  return { credential: noCredential, words };
}

/** How explanations name a credential. */
export function describeCredential(credential: Credential): string {
  switch (credential.kind) {
    case 'none':
      return 'nothing';
    case 'basic':
      return 'user name and password';
    case 'identity-token':
      return 'an identity token';
    case 'registry-token':
      return 'a token of the registry';
    case 'azure-access-token':
      return 'an Azure token';
  }
}

/** Undefined where the file names no helper. */
async function askHelpers(
  config: docker.DockerConfig,
  host: string,
  { environment, log, signal }: DockerLookupOptions,
): Promise<LookupResult | undefined> {
  const ask = async (helper: string): Promise<LookupResult> => {
    const credential = await askHelper({ helper, server: docker.helperServerUrl(host), environment, signal });
    return { credential, words: `${describeCredential(credential)} from docker-credential-${helper}` };
  };
  const helper = docker.helperFor(config, host);
  if (helper !== undefined) return await ask(helper);
  if (config.credsStore === '') return undefined;
  try {
    return await ask(config.credsStore);
  } catch (error) {
    // A store for all hosts is often set up where it does not work (Docker Desktop's without the desktop), and the registry in
    // question may want no credential at all.
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    log.warning(`${error.message} Going on without it.`);
    return notFound(`docker-credential-${config.credsStore} failed`);
  }
}

import { ChartImagesError, passingErrors } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { once } from '../../core/once.ts';
import { type Credential, isSameCredential, noCredential } from './credential.ts';
import { runHelper } from './credential-helper.ts';
import * as docker from './docker-config.ts';
import type { DockerConfigLocation } from './docker-config-locations.ts';

/** One source of credentials. */
export interface CredentialProvider {
  /** For explanations. */
  readonly name: string;
  lookUp(host: string, repository: string | undefined): Promise<LookupResult>;
  /** Replaces a credential that a registry rejected, if there is another one. Undefined if there never is. */
  readonly renew?: (rejected: Credential) => Promise<void>;
}

export interface LookupResult {
  readonly credential: Credential;
  /** A short explanation. Never a secret. */
  readonly detail: string;
  /** The user configured anonymous access, so no other provider is used. */
  readonly ends?: 'search';
}

export interface DockerLookupOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Milliseconds. A helper that was asked again a moment ago has no better credential. */
const renewalInterval = 60_000;

/**
 * In docker's order: the helper of the host, the helper for all hosts, the file itself. Runs a helper once for each
 * host, and returns the same object for the same entry, so that callers can cache by it.
 */
export function dockerConfigProvider(location: DockerConfigLocation, options: DockerLookupOptions): CredentialProvider {
  const config = once(async () => {
    const text = await location.read();
    return text === undefined ? undefined : docker.parseDockerConfig(text, location);
  });
  const helpers = { ...options, location };
  const helperResults = new Map<string, Promise<LookupResult | undefined>>();
  const entries = new Map<string, Credential>();
  const renewedAt = new Map<string, number>();
  return {
    name: location.name,
    async renew(rejected) {
      for (const [host, pending] of helperResults) {
        const before = await orUndefined(pending);
        if (before?.credential !== rejected) continue;
        if (Date.now() - (renewedAt.get(host) ?? 0) < renewalInterval) return;
        renewedAt.set(host, Date.now());
        const read = await config();
        const after = read && (await orUndefined(runHelpers(read, host, helpers)));
        if (after === undefined || isSameCredential(after.credential, rejected)) return;
        helperResults.set(host, Promise.resolve(after));
      }
    },
    async lookUp(host, repository) {
      const read = await config();
      if (read === undefined) return notFound(location.absent);
      const pending = helperResults.get(host) ?? runHelpers(read, host, helpers);
      helperResults.set(host, pending);
      const helper = await pending;
      if (helper && helper.credential.kind !== 'none') return helper;
      const login = docker.credentialInFile(read, location, host, repository);
      if (login === undefined) return notFound(helper ? `${helper.detail}, and no entry` : 'no entry');
      const credential = entries.get(login.key) ?? login.credential;
      entries.set(login.key, credential);
      return { credential, detail: `${describeCredential(credential)} under the key "${login.key}"` };
    },
  };
}

/** The error was that of an earlier request. */
async function orUndefined<T>(pending: Promise<T>): Promise<T | undefined> {
  try {
    return await pending;
  } catch (thrown) {
    passingErrors(thrown);
    return undefined;
  }
}

export function notFound(detail: string): LookupResult {
  return { credential: noCredential, detail };
}

/** The kind of a credential, for explanations. */
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

/** Undefined if the file configures no helper. */
async function runHelpers(
  config: docker.DockerConfig,
  host: string,
  { environment, log, signal, location }: DockerLookupOptions & { readonly location: DockerConfigLocation },
): Promise<LookupResult | undefined> {
  const run = async (helper: string): Promise<LookupResult> => {
    const credential = await runHelper({ helper, server: docker.helperServerUrl(host), environment, signal });
    return { credential, detail: `${describeCredential(credential)} from docker-credential-${helper}` };
  };
  const helper = docker.helperFor(config, location, host);
  if (helper !== undefined) return await run(helper);
  if (config.credsStore === '') return undefined;
  try {
    return await run(config.credsStore);
  } catch (error) {
    // A helper for all hosts is often configured where it doesn't work (that of Docker Desktop), and the registry may
    // not require a credential.
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    log.warning(`${error.message} Continuing without it.`);
    return notFound(`docker-credential-${config.credsStore} failed`);
  }
}

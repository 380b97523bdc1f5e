import { homedir } from 'node:os';
import type { AzureIdentity } from './credentials/azure-identity.ts';
import type { Credential } from './credentials/credential.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { Helm } from './helm/helm.ts';
import type { HostCredential } from './helm/helm-access.ts';
import type { Downloads } from './helm/release-server.ts';
import type { RenderAccess } from './helm/render-charts.ts';
import type { Host } from './hosts/host.ts';
import type { Http } from './http/http.ts';
import { canonicalRegistry } from './image/location.ts';
import type { Settings } from './inputs/settings.ts';
import { addressesOf } from './registry/address.ts';
import type { Registries } from './registry/registry.ts';

/**
 * What a run uses outside of itself. Everything is opened when it is first needed, so that a run that asks no registry loads no
 * HTTP client, and is there once: one client, one token cache, one helm.
 */
export interface Outside {
  readonly helmAccess: RenderAccess;
  helm(): Promise<Helm>;
  registries(): Promise<Registries>;
  close(): Promise<void>;
}

export function openOutside(settings: Settings, host: Host, signal: AbortSignal): Outside {
  const { log, folders } = host;
  const environment = process.env;
  const common = { log, signal };
  const mask = (secret: string): void => host.mask(secret);
  const http = once(async (): Promise<Http> => {
    const { createHttp } = await import('./http/http.ts');
    return createHttp({ ...common, caFile: settings.caFile, proxyEnv: environment });
  });
  const credentials = once(async (): Promise<Credentials> => {
    const { createCredentials } = await import('./credentials/credentials.ts');
    return createCredentials({
      ...common,
      explicit: settings.credentials,
      environment,
      homeFolder: homedir(),
      azure: await azure(),
      mask,
    });
  });
  const azure = once(async (): Promise<AzureIdentity> => {
    const { createAzureIdentity } = await import('./credentials/azure-identity.ts');
    const identity = { connection: undefined, clientId: undefined, tenantId: undefined, endpoints: {} };
    return createAzureIdentity({ ...common, ...identity, environment, http, mask });
  });
  const registries = once(async (): Promise<Registries> => {
    const { createRegistries } = await import('./registry/registries.ts');
    const { plainHttp, concurrency } = settings;
    return createRegistries({
      ...common,
      http: await http(),
      credentials: await credentials(),
      plainHttp,
      concurrency,
      mask,
    });
  });
  const helm = once(async (): Promise<Helm> => {
    const { provideHelm } = await import('./helm/provide-helm.ts');
    const { toolCache, temporary } = folders;
    return provideHelm({
      ...common,
      ...settings.helm,
      environment,
      toolCache,
      temporary,
      downloads: downloadsBy(http),
    });
  });
  return {
    helmAccess: {
      ...common,
      environment,
      workFolder: folders.work,
      temporary: folders.temporary,
      caFile: settings.caFile,
      credentials: async (registry) => forHelm(await (await credentials()).for(canonicalRegistry(registry))),
      plainHttp: (registry) =>
        addressesOf(canonicalRegistry(registry), settings.plainHttp).some((url) => url.protocol === 'http:'),
    },
    helm,
    registries,
    close: async () => {
      await registries.opened()?.then((all) => all.close());
      await http.opened()?.then((client) => client.close());
    },
  };
}

/** Helm takes only names and passwords; an identity token goes as docker writes it, under the name `<token>`. */
function forHelm(credential: Credential): HostCredential | undefined {
  switch (credential.kind) {
    case 'basic':
      return credential;
    case 'identity-token':
      return { username: '<token>', password: credential.token };
    case 'none':
    case 'registry-token':
    case 'azure-access-token':
      return undefined;
  }
}

function downloadsBy(http: () => Promise<Http>): Downloads {
  return {
    download: async (url, path, bounds) => {
      const { downloadFile } = await import('./http/download.ts');
      return downloadFile(await http(), url, path, bounds);
    },
    fetchText: async (url, maximumBytes) => {
      const { downloadText } = await import('./http/download.ts');
      return downloadText(await http(), url, maximumBytes);
    },
  };
}

interface Once<T> {
  (): Promise<T>;
  /** The one that was made, if any was and it did not fail. */
  opened(): Promise<T> | undefined;
}

function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined;
  let failed = false;
  const get = (): Promise<T> => {
    made ??= make().catch((error: unknown) => {
      failed = true;
      throw error;
    });
    return made;
  };
  return Object.assign(get, { opened: () => (failed ? undefined : made) });
}

import { homedir } from 'node:os';
import { cloudOfEnvironment } from './credentials/azure-cloud.ts';
import type { AzureIdentity } from './credentials/azure-identity.ts';
import type { Credential } from './credentials/credential.ts';
import type { LentCredentials } from './credentials/lent-credentials.ts';
import { readRegistryConnections } from './credentials/registry-connection.ts';
import { readAzureConnection } from './credentials/service-connection.ts';
import type { Destination } from './destination/destination.ts';
import type { HostCredential } from './downloads/chart-downloads.ts';
import type { ChartDownloads } from './helm/chart-downloads.ts';
import type { Helm } from './helm/helm.ts';
import type { Downloads } from './helm/release-server.ts';
import type { RenderAccess } from './helm/render-charts.ts';
import type { Host } from './hosts/host.ts';
import type { Http } from './http/http.ts';
import { canonicalRegistry } from './image/location.ts';
import { namedHosts } from './inputs/named-hosts.ts';
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
  /**
   * Has helm on PATH tell its version, which is waited for when helm is needed; nothing is fetched yet. Gives its path where it is
   * likely to be the helm of the run.
   */
  askHelm(): Promise<string | undefined>;
  registries(): Promise<Registries>;
  /** Where the images go; undefined where the user names no target. */
  destination(): Promise<Destination | undefined>;
  close(): Promise<void>;
}

export function openOutside(settings: Settings, host: Host, signal: AbortSignal): Outside {
  const { log, folders } = host;
  const environment = process.env;
  const common = { log, signal };
  const mask = (secret: string): void => host.mask(secret);
  const explain = (line: string): void => host.explainCredentials(line);
  const http = once(async (): Promise<Http> => {
    const { createHttp } = await import('./http/http.ts');
    return createHttp({ ...common, caFile: settings.caFile, proxyEnv: environment });
  });
  const { connection, subscription } = azureAccount(settings, host);
  const endpoints = host.serviceEndpoints;
  const identity = { ...common, endpoints, environment, http, mask };
  const azure = once(async (): Promise<AzureIdentity> => {
    const { createAzureIdentity } = await import('./credentials/azure-identity.ts');
    const { clientId, tenantId } = settings.azure;
    return createAzureIdentity({ ...identity, connection, clientId, tenantId });
  });
  const connections = readRegistryConnections(settings.registryConnections, endpoints);
  const credentials = once(async (): Promise<LentCredentials> => {
    const { createCredentials } = await import('./credentials/credentials.ts');
    const { lentCredentials } = await import('./credentials/lent-credentials.ts');
    const { connectionStep } = await import('./credentials/connection-step.ts');
    const { createAzureIdentity } = await import('./credentials/azure-identity.ts');
    const nobody = { clientId: undefined, tenantId: undefined };
    const step = connectionStep(connections, (each) =>
      createAzureIdentity({ ...identity, ...nobody, connection: each }),
    );
    const own = { explicit: settings.credentials, connections: host.name === 'azure' ? step : undefined };
    const found = { environment, homeFolder: homedir(), azure: await azure() };
    return lentCredentials(createCredentials({ ...common, ...own, ...found, mask, explain }), { mask, explain });
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
      later: settings.target?.registry,
      mask: (token) => host.maskIssued(token),
      explain,
    });
  });
  const onPath = once(async (): Promise<Helm | undefined> => {
    const { helmOnPath } = await import('./helm/installed-helm.ts');
    return await helmOnPath({ environment, temporary: folders.temporary, signal });
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
      onPath,
      downloads: downloadsBy(http),
    });
  });
  const downloads = once(async (): Promise<ChartDownloads> => {
    const { createChartDownloads } = await import('./downloads/chart-downloads.ts');
    const { createAdmission } = await import('./downloads/admission.ts');
    const { admittedHttp } = await import('./downloads/admitted-http.ts');
    const { createRegistries } = await import('./registry/registries.ts');
    const { secretForms } = await import('./credentials/credential.ts');
    const isPlain = (host: string): boolean =>
      addressesOf(canonicalRegistry(host), settings.plainHttp).some((url) => url.protocol === 'http:');
    const named = [...namedHosts(settings), ...connections.map(({ host }) => host)];
    const admit = createAdmission({ named, plainHttp: isPlain });
    const client = await http();
    const all = once(async () => {
      const { plainHttp, concurrency } = settings;
      const own = { ...common, http: admittedHttp(client, admit), credentials: await credentials() };
      return createRegistries({ ...own, plainHttp, concurrency, mask, explain });
    });
    return createChartDownloads({
      http: client,
      admit,
      registry: async (host) => (await all()).at(host),
      credentials: async (host) => {
        const login = await forRepository(await (await credentials()).for(host), canonicalRegistry(host), http);
        if (login === undefined) return undefined;
        for (const secret of secretForms({ kind: 'basic', ...login })) mask(secret);
        return login;
      },
    });
  });
  const helmAccess: RenderAccess = {
    ...common,
    environment,
    workFolder: folders.work,
    temporary: folders.temporary,
    downloads: lazyDownloads(downloads),
  };
  const destination = once(async (): Promise<Destination | undefined> => {
    if (settings.target === undefined && settings.artifactStore === undefined) return undefined;
    const { openDestination } = await import('./destination/open-destination.ts');
    const cloud = connection?.cloud ?? cloudOfEnvironment(environment);
    return openDestination(settings, {
      ...common,
      http: await http(),
      identity: await azure(),
      cloud,
      subscription,
      credentials: await credentials(),
      registries: await registries(),
      helm,
      helmAccess,
      mask,
      explain,
    });
  });
  return {
    helmAccess,
    helm,
    askHelm: async () => {
      // Told to whoever wants helm itself.
      onPath().catch(() => {});
      const { findProgram } = await import('./process/find-program.ts');
      return settings.helm.version === 'installed' ? await findProgram('helm', environment) : undefined;
    },
    registries,
    destination,
    close: async () => {
      await registries.opened()?.then((all) => all.close());
      await http.opened()?.then((client) => client.close());
    },
  };
}

/** Azure Pipelines names a service connection, which says both who the run is and where; elsewhere the user names a subscription. */
function azureAccount({ azure }: Settings, host: Host) {
  const named = azure.subscription;
  if (host.name !== 'azure' || named === undefined) return { connection: undefined, subscription: named };
  const connection = readAzureConnection(named, host.serviceEndpoints);
  return { connection, subscription: connection.subscriptionId || undefined };
}

/** Chart repositories take only names and passwords; an identity token goes as docker writes it, under the name `<token>`. */
async function forRepository(
  credential: Credential,
  registry: string,
  http: () => Promise<Http>,
): Promise<HostCredential | undefined> {
  switch (credential.kind) {
    case 'basic':
      return credential;
    case 'identity-token':
      return { username: '<token>', password: credential.token };
    case 'azure-access-token': {
      const { azureLogin } = await import('./registry/azure-login.ts');
      return await azureLogin(await http(), registry, credential.token);
    }
    case 'none':
    case 'registry-token':
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

/** Most runs fetch no chart, and load nothing for it. */
function lazyDownloads(downloads: () => Promise<ChartDownloads>): ChartDownloads {
  return {
    index: async (repository) => (await downloads()).index(repository),
    archive: async (url, repository, path) => (await downloads()).archive(url, repository, path),
    tags: async (chart) => (await downloads()).tags(chart),
    package: async (chart, tag, path) => (await downloads()).package(chart, tag, path),
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

import { homedir } from 'node:os';
import type { HttpClient } from '../core/http/http.ts';
import { canonicalRegistry } from '../core/oci/registry-reference.ts';
import { once } from '../core/once.ts';
import type { ChartDownloads } from '../helm/cli/chart-fetcher.ts';
import type { Helm } from '../helm/cli/helm.ts';
import type { Downloads } from '../helm/cli/release-server.ts';
import type { HelmRenderContext } from '../helm/cli/render-charts.ts';
import type { BasicCredential } from '../helm/downloads/chart-downloads.ts';
import type { Host } from '../hosts/host.ts';
import { namedHosts } from '../inputs/named-hosts.ts';
import type { Settings } from '../inputs/settings.ts';
import type { Destination } from '../mirror/destination/destination.ts';
import { endpointUrls } from '../registry/client/endpoint-urls.ts';
import type { Registries } from '../registry/client/registry.ts';
import { cloudOfEnvironment } from '../registry/credentials/azure-cloud.ts';
import type { AzureIdentity } from '../registry/credentials/azure-identity.ts';
import type { Credential } from '../registry/credentials/credential.ts';
import { readRegistryConnections } from '../registry/credentials/registry-connection.ts';
import type { OverridableCredentials } from '../registry/credentials/scoped-credentials.ts';
import { readAzureConnection } from '../registry/credentials/service-connection.ts';

/**
 * Lazy services of a run. Each is created once, on first use: a run without registry access loads no HTTP client.
 */
export interface Services {
  readonly renderContext: HelmRenderContext;
  helm(): Promise<Helm>;
  /**
   * Starts to read the version of helm on PATH without waiting for it. Returns its path if the run will probably use
   * it.
   */
  probeHelm(): Promise<string | undefined>;
  registries(): Promise<Registries>;
  /** Undefined without a target. */
  destination(): Promise<Destination | undefined>;
  close(): Promise<void>;
}

export function createServices(settings: Settings, host: Host, signal: AbortSignal): Services {
  const { log, folders } = host;
  const environment = process.env;
  const common = { log, signal };
  const mask = (secret: string): void => host.mask(secret);
  const trace = (line: string): void => host.explainCredentials(line);
  const http = once(async (): Promise<HttpClient> => {
    const { createHttpClient } = await import('../core/http/http.ts');
    return createHttpClient({ ...common, caFile: settings.caFile, proxyEnv: environment });
  });
  const { connection, subscription } = azureAccount(settings, host);
  const endpoints = host.serviceEndpoints;
  const identity = { ...common, endpoints, environment, http, mask };
  const azure = once(async (): Promise<AzureIdentity> => {
    const { createAzureIdentity } = await import('../registry/credentials/azure-identity.ts');
    const { clientId, tenantId } = settings.azure;
    return createAzureIdentity({ ...identity, connection, clientId, tenantId });
  });
  const connections = readRegistryConnections(settings.registryConnections, endpoints);
  const credentials = once(async (): Promise<OverridableCredentials> => {
    const { createCredentialChain } = await import('../registry/credentials/credential-chain.ts');
    const { withOverrides } = await import('../registry/credentials/scoped-credentials.ts');
    const { serviceConnectionProvider } = await import('../registry/credentials/service-connection-provider.ts');
    const { createAzureIdentity } = await import('../registry/credentials/azure-identity.ts');
    const noApplication = { clientId: undefined, tenantId: undefined };
    const step = serviceConnectionProvider(connections, (each) =>
      createAzureIdentity({ ...identity, ...noApplication, connection: each }),
    );
    const own = { explicit: settings.credentials, connections: host.name === 'azure' ? step : undefined };
    const found = { environment, homeFolder: homedir(), azure: await azure() };
    return withOverrides(createCredentialChain({ ...common, ...own, ...found, mask, trace }), { mask, trace });
  });
  const registries = once(async (): Promise<Registries> => {
    const { createRegistries } = await import('../registry/client/registry-pool.ts');
    const { plainHttp, concurrency } = settings;
    return createRegistries({
      ...common,
      http: await http(),
      credentials: await credentials(),
      plainHttp,
      concurrency,
      warmUpHost: settings.target?.registry,
      mask: (token) => host.maskIssued(token),
      trace,
    });
  });
  const onPath = once(async (): Promise<Helm | undefined> => {
    const { findHelmOnPath } = await import('../helm/cli/helm-on-path.ts');
    return await findHelmOnPath({ environment, temporary: folders.temporary, signal });
  });
  const helm = once(async (): Promise<Helm> => {
    const { ensureHelm } = await import('../helm/cli/find-or-install-helm.ts');
    const { toolCache, temporary } = folders;
    return ensureHelm({
      ...common,
      ...settings.helm,
      environment,
      toolCache,
      temporary,
      onPath,
      downloads: createDownloads(http),
    });
  });
  const downloads = once(async (): Promise<ChartDownloads> => {
    const { createChartDownloads } = await import('../helm/downloads/chart-downloads.ts');
    const { checkedHttp, createUrlCheck } = await import('../helm/downloads/url-check.ts');
    const { createRegistries } = await import('../registry/client/registry-pool.ts');
    const { secretVariants } = await import('../registry/credentials/credential.ts');
    const isPlain = (host: string): boolean =>
      endpointUrls(canonicalRegistry(host), settings.plainHttp).some((url) => url.protocol === 'http:');
    const named = [...namedHosts(settings), ...connections.map(({ host }) => host)];
    const checkUrl = createUrlCheck({ named, plainHttp: isPlain });
    const client = await http();
    const all = once(async () => {
      const { plainHttp, concurrency } = settings;
      const own = { ...common, http: checkedHttp(client, checkUrl), credentials: await credentials() };
      return createRegistries({ ...own, plainHttp, concurrency, mask, trace });
    });
    return createChartDownloads({
      http: client,
      checkUrl,
      registry: async (host) => (await all()).get(host),
      credentials: async (host) => {
        const login = await forRepository(await (await credentials()).get(host), canonicalRegistry(host), http);
        if (login === undefined) return undefined;
        for (const secret of secretVariants({ kind: 'basic', ...login })) mask(secret);
        return login;
      },
    });
  });
  const renderContext: HelmRenderContext = {
    ...common,
    environment,
    workFolder: folders.work,
    temporary: folders.temporary,
    downloads: lazyDownloads(downloads),
  };
  const destination = once(async (): Promise<Destination | undefined> => {
    if (settings.target === undefined && settings.artifactStore === undefined) return undefined;
    const { createDestination } = await import('../mirror/destination/open-destination.ts');
    const cloud = connection?.cloud ?? cloudOfEnvironment(environment);
    return createDestination(settings, {
      ...common,
      http: await http(),
      identity: await azure(),
      cloud,
      subscription,
      credentials: await credentials(),
      registries: await registries(),
      helm,
      helmContext: renderContext,
      mask,
      trace,
    });
  });
  return {
    renderContext,
    helm,
    probeHelm: async () => {
      // The caller of `helm` gets this error.
      onPath().catch(() => {});
      const { findExecutable } = await import('../core/process/find-executable.ts');
      return settings.helm.version === 'installed' ? await findExecutable('helm', environment) : undefined;
    },
    registries,
    destination,
    close: async () => {
      await registries.peek()?.then((all) => all.close());
      await http.peek()?.then((client) => client.close());
    },
  };
}

/**
 * In Azure Pipelines a service connection is both identity and subscription; elsewhere the input is a subscription ID.
 */
function azureAccount({ azure }: Settings, host: Host) {
  const named = azure.subscription;
  if (host.name !== 'azure' || named === undefined) return { connection: undefined, subscription: named };
  const connection = readAzureConnection(named, host.serviceEndpoints);
  return { connection, subscription: connection.subscriptionId || undefined };
}

/** Chart repositories accept only basic credentials. An identity token uses Docker's user name `<token>`. */
async function forRepository(
  credential: Credential,
  registry: string,
  http: () => Promise<HttpClient>,
): Promise<BasicCredential | undefined> {
  switch (credential.kind) {
    case 'basic':
      return credential;
    case 'identity-token':
      return { username: '<token>', password: credential.token };
    case 'azure-access-token': {
      const { acrLogin } = await import('../registry/client/acr-login.ts');
      return await acrLogin(await http(), registry, credential.token);
    }
    case 'none':
    case 'registry-token':
      return undefined;
  }
}

function createDownloads(http: () => Promise<HttpClient>): Downloads {
  return {
    download: async (url, path, limits) => {
      const { downloadFile } = await import('../core/http/download.ts');
      return downloadFile(await http(), url, path, limits);
    },
    fetchText: async (url, maximumBytes) => {
      const { downloadText } = await import('../core/http/download.ts');
      return downloadText(await http(), url, maximumBytes);
    },
  };
}

/** Most runs download no chart, so the code is loaded on first use. */
function lazyDownloads(downloads: () => Promise<ChartDownloads>): ChartDownloads {
  return {
    index: async (repository) => (await downloads()).index(repository),
    archive: async (url, path) => (await downloads()).archive(url, path),
    tags: async (chart) => (await downloads()).tags(chart),
    package: async (chart, tag, path) => (await downloads()).package(chart, tag, path),
  };
}

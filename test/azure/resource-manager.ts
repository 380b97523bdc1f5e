/**
 * Azure Resource Manager: artifact stores and manifests, their credentials, registries, and operations that take their
 * time.
 */
import { randomUUID } from 'node:crypto';
import { bearerOf, type Exchange, json, type Part, type Reply } from './exchange.ts';
import type { Artifact, Principal, StandInArtifactStore, StandInManifest, World } from './fake-azure.ts';
import { type ImportFault, importImage } from './import-image.ts';

const hosts = ['management.azure.com', 'management.chinacloudapi.cn', 'management.usgovcloudapi.net'];

/** Something that goes on after its request was answered. */
interface Operation {
  polls: number;
  /** What it comes to; carried out when it is first polled to its end. */
  readonly finish: () => Promise<ImportFault | undefined>;
  outcome?: 'succeeded' | ImportFault;
}

export function resourceManager(world: World): Part {
  const operations = new Map<string, Operation>();
  const start = (finish: Operation['finish']): string => {
    const id = randomUUID();
    operations.set(id, { polls: world.behavior.polls, finish });
    return id;
  };
  return async (exchange) => {
    if (!hosts.includes(exchange.host)) return undefined;
    const claims = world.read(bearerOf(exchange) ?? '');
    const principal = claims && world.principalOf(claims);
    if (principal === undefined) {
      return armError(401, 'InvalidAuthenticationToken', 'The access token is invalid.', {
        'www-authenticate': 'Bearer error="invalid_token"',
      });
    }
    if (!String(claims?.['aud']).startsWith(`https://${exchange.host}`)) {
      return armError(
        401,
        'InvalidAuthenticationTokenAudience',
        `The access token has been obtained for wrong audience or resource '${claims?.['aud']}'.`,
      );
    }
    return await route(exchange, { principal, world, operations, start });
  };
}

interface Context {
  readonly principal: Principal;
  readonly world: World;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly start: (finish: Operation['finish']) => string;
}

async function route(exchange: Exchange, context: Context): Promise<Reply> {
  const { method, url } = exchange;
  const { world } = context;
  const path = decodeURIComponent(url.pathname);
  const operation = /operation(?:Statuses|Results)\/(?:registries-)?([0-9a-f-]{36})/.exec(path)?.[1];
  if (operation !== undefined) return await poll(exchange, operation, context);
  if (url.searchParams.get('api-version') === null) {
    return armError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (path === '/subscriptions' && method === 'GET') return json(200, { value: subscriptionsOf(context) });
  const list = /^\/subscriptions\/[^/]+\/providers\/(Microsoft\.\w+)\/(registries|publishers)$/.exec(path);
  if (list && method === 'GET') return listAll(path, list[2] ?? '', context);
  const registry = world.registries.find(
    ({ resourceId }) => resourceId !== '' && path.toLowerCase().startsWith(resourceId.toLowerCase()),
  );
  if (registry && method === 'POST' && path.endsWith('/importImage')) {
    const missing = lacking(context, 'Microsoft.ContainerRegistry/registries/importImage/action', registry.resourceId);
    if (missing) return missing;
    const id = context.start(() => importImage(exchange.body.toString(), registry, context.principal, world));
    const location = `https://${exchange.host}/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/locations/westeurope/operationResults/registries-${id}?api-version=2025-11-01`;
    return { status: 202, headers: { location, 'retry-after': String(world.behavior.retryAfter) } };
  }
  const store = world.artifactStores.find(({ resourceId }) => path.toLowerCase().startsWith(resourceId.toLowerCase()));
  if (store === undefined) return notFound(path);
  const manifest = /\/artifactManifests\/([^/]+)(\/listCredential)?$/.exec(path);
  if (manifest === null) {
    const missing = lacking(context, 'Microsoft.HybridNetwork/publishers/artifactStores/read', store.resourceId);
    return path.toLowerCase() === store.resourceId.toLowerCase()
      ? (missing ?? json(200, storeResource(store)))
      : notFound(path);
  }
  const [, name = '', verb] = manifest;
  if (verb !== undefined && method === 'POST') return listCredential(store, name, path, context);
  if (method === 'GET') return readManifest(store, name, path, context);
  if (method === 'PUT') return createManifest(exchange, store, name, context);
  return armError(405, 'MethodNotAllowed', `${method} is not allowed.`);
}

function subscriptionsOf({ world, principal }: Context) {
  const ids = world.assignments
    .filter((given) => given.principal.objectId === principal.objectId)
    .map(({ scope }) => /^\/subscriptions\/([^/]+)/.exec(scope)?.[1])
    .filter((id) => id !== undefined);
  return [...new Set(ids)].map((subscriptionId) => ({ subscriptionId, displayName: 'Contoso', state: 'Enabled' }));
}

/** What the principal may read, one entry a page, so that callers have to follow nextLink. */
function listAll(path: string, kind: string, { world, principal }: Context): Reply {
  const scope = path.slice(0, path.indexOf('/providers/')).toLowerCase();
  const resources =
    kind === 'registries'
      ? world.registries.map(({ resourceId: id, loginServer, name }) => ({ id, name, properties: { loginServer } }))
      : world.artifactStores.map(({ resourceId }) => {
          const id = resourceId.slice(0, resourceId.indexOf('/artifactStores'));
          return { id, name: id.slice(id.lastIndexOf('/') + 1), properties: {} };
        });
  const provider = kind === 'registries' ? 'Microsoft.ContainerRegistry' : 'Microsoft.HybridNetwork';
  const value = resources.filter(
    ({ id }) => id.toLowerCase().startsWith(scope) && world.allows(principal, `${provider}/${kind}/read`, id),
  );
  return json(200, { value });
}

function storeResource(store: StandInArtifactStore) {
  return {
    id: store.resourceId,
    name: store.resourceId.slice(store.resourceId.lastIndexOf('/') + 1),
    type: 'microsoft.hybridnetwork/publishers/artifactstores',
    location: store.location,
    properties: {
      storeType: store.storeType,
      replicationStrategy: 'SingleReplication',
      backingResourcePublicNetworkAccess: store.publicNetworkAccess,
      storageResourceId: store.registry.resourceId,
      provisioningState: 'Succeeded',
    },
  };
}

function readManifest(store: StandInArtifactStore, name: string, path: string, context: Context): Reply {
  const missing = lacking(
    context,
    'Microsoft.HybridNetwork/publishers/artifactStores/artifactManifests/read',
    store.resourceId,
  );
  if (missing) return missing;
  const manifest = store.manifests.get(name);
  return manifest ? json(200, manifestResource(store, name, manifest, 'Succeeded')) : notFound(path);
}

function manifestResource(
  store: StandInArtifactStore,
  name: string,
  { artifacts, state, location }: StandInManifest,
  provisioningState: string,
) {
  return {
    id: `${store.resourceId}/artifactManifests/${name}`,
    name,
    type: 'microsoft.hybridnetwork/publishers/artifactstores/artifactmanifests',
    location,
    properties: { artifacts, artifactManifestState: state, provisioningState },
  };
}

function createManifest(exchange: Exchange, store: StandInArtifactStore, name: string, context: Context): Reply {
  const missing = lacking(
    context,
    'Microsoft.HybridNetwork/publishers/artifactStores/artifactManifests/write',
    store.resourceId,
  );
  if (missing) return missing;
  const wanted = JSON.parse(exchange.body.toString()) as {
    location?: string;
    properties?: { artifacts?: readonly Artifact[] };
  };
  const artifacts = wanted.properties?.artifacts ?? [];
  if (store.manifests.has(name)) {
    return armError(
      409,
      'ArtifactManifestUpdateNotAllowed',
      'Artifacts of an existing artifact manifest cannot be changed.',
    );
  }
  const wrong = artifacts.find(
    (each) => !each.artifactName || !each.artifactVersion || each.artifactType !== 'OCIArtifact',
  );
  const names = artifacts.map(({ artifactName, artifactVersion }) => `${artifactName}:${artifactVersion}`);
  if (
    wrong ||
    artifacts.length === 0 ||
    new Set(names).size !== names.length ||
    wanted.location !== store.location ||
    name.length > 64
  ) {
    return armError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
  }
  const manifest = { artifacts, state: 'Uploading', location: store.location };
  const id = context.start(async () => {
    store.manifests.set(name, manifest);
    return undefined;
  });
  const operation = `https://${exchange.host}/providers/Microsoft.HybridNetwork/locations/WESTEUROPE/operationStatuses/${id}*1234?api-version=2020-01-01-preview`;
  return json(201, manifestResource(store, name, manifest, 'Accepted'), {
    'azure-asyncoperation': operation,
    'retry-after': String(context.world.behavior.retryAfter),
  });
}

function listCredential(store: StandInArtifactStore, name: string, path: string, context: Context): Reply {
  const missing = lacking(
    context,
    'Microsoft.HybridNetwork/publishers/artifactStores/artifactManifests/listCredential/action',
    store.resourceId,
  );
  if (missing) return missing;
  const manifest = store.manifests.get(name);
  if (manifest === undefined) return notFound(path);
  const { behavior } = context.world;
  if (behavior.credentialType !== 'AzureContainerRegistryScopedToken') {
    return json(200, {
      credentialType: behavior.credentialType,
      storageAccountId: '/subscriptions/s',
      containerCredentials: [
        { containerName: 'a', containerSasUri: `https://x.blob.core.windows.net/a?sig=${context.world.newSecret()}` },
      ],
    });
  }
  const repositories = [...new Set(manifest.artifacts.map(({ artifactName }) => artifactName))];
  const acrToken = context.world.newSecret(52);
  store.registry.scopeMapTokens.push({ username: name, password: acrToken, repositories });
  const expires = new Date(Date.now() + behavior.credentialHours * 3_600_000);
  return json(200, {
    username: name,
    acrToken,
    acrServerUrl: `${behavior.serverUrl === 'with-scheme' ? 'https://' : ''}${store.registry.loginServer}`,
    repositories,
    // Seven decimals, as recorded.
    expiry: expires.toISOString().replace(/(\.\d{3})Z$/, '$10949+00:00'),
    credentialType: behavior.credentialType,
  });
}

async function poll(exchange: Exchange, id: string, context: Context): Promise<Reply> {
  const operation = context.operations.get(id);
  const { behavior } = context.world;
  const asStatus = exchange.url.pathname.includes('operationStatuses');
  const wait = { 'retry-after': String(behavior.retryAfter) };
  if (operation === undefined) return notFound(exchange.url.pathname);
  if (operation.polls > 0) {
    operation.polls -= 1;
    return asStatus
      ? json(200, { status: 'Running' }, wait)
      : { status: 202, headers: { ...wait, location: exchange.url.href } };
  }
  if (behavior.operations === 'vanish') return notFound(exchange.url.pathname);
  operation.outcome ??= await endOf(operation, behavior.operations);
  const { outcome } = operation;
  if (outcome === 'succeeded') return asStatus ? json(200, { status: 'Succeeded' }) : { status: 200 };
  const { status, code, message } = outcome;
  return asStatus
    ? json(200, { status: code === 'Canceled' ? 'Canceled' : 'Failed', error: { code, message } })
    : armError(status, code, message);
}

async function endOf(operation: Operation, how: World['behavior']['operations']): Promise<'succeeded' | ImportFault> {
  if (how === 'fail')
    return { status: 400, code: 'InternalServerError', message: 'The operation failed for a reason of its own.' };
  if (how === 'cancel') return { status: 409, code: 'Canceled', message: 'The operation was canceled.' };
  return (await operation.finish()) ?? 'succeeded';
}

function lacking({ principal, world }: Context, action: string, resourceId: string): Reply | undefined {
  if (world.allows(principal, action, resourceId)) return undefined;
  return armError(
    403,
    'AuthorizationFailed',
    `The client '${principal.clientId}' with object id '${principal.objectId}' does not have authorization to perform action '${action}' over scope '${resourceId}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

function notFound(path: string): Reply {
  const type = path.replace(/^.*\/providers\//, '');
  const group = /\/resourceGroups\/([^/]+)/i.exec(path)?.[1] ?? '';
  return armError(
    404,
    'ResourceNotFound',
    `The Resource '${type}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

function armError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return json(status, { error: { code, message } }, headers);
}

import { ChartImagesError } from '../../core/errors.ts';
import { isHost } from '../../core/oci/reference.ts';
import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import { cloudOfRegistry, publicCloud } from './azure-cloud.ts';
import { type AzureConnection, createEndpointReader, identityOf, type ServiceEndpoints } from './service-connection.ts';

/** A service connection to a registry: Docker Hub, Azure Container Registry, or another one. */
export type RegistryConnection = {
  readonly id: string;
  readonly host: string;
} & (
  | { readonly kind: 'login'; readonly username: string; readonly password: string }
  /** An Azure registry, with an identity of Microsoft Entra ID. */
  | { readonly kind: 'identity'; readonly connection: AzureConnection }
);

/**
 * Reads the service connections in the input `registry-connections` (azure-pipelines-tasks, docker-common). Throws
 * `invalid-input` if one is not available, is of another kind, or has the same registry as another one.
 */
export function readRegistryConnections(
  ids: readonly string[],
  endpoints: ServiceEndpoints,
): readonly RegistryConnection[] {
  const connections: RegistryConnection[] = [];
  for (const id of ids) {
    const connection = readConnection(id, endpoints);
    const other = connections.find(({ host }) => host === connection.host);
    if (other !== undefined) {
      throw connectionError(
        id,
        `is for ${connection.host}, like the connection "${other.id}"`,
        'Remove one of the two.',
      );
    }
    connections.push(connection);
  }
  return connections;
}

function readConnection(id: string, endpoints: ServiceEndpoints): RegistryConnection {
  const read = createEndpointReader(id, endpoints);
  const isAzure = read.data('registrytype').toUpperCase() === 'ACR' || read.parameter('loginserver') !== '';
  const server = isAzure ? read.parameter('loginserver') : read.parameter('registry');
  if (server === '') throw connectionError(id, describeConnectionType(id, endpoints), advice);
  const host = hostOf(server);
  if (!isHost(host))
    throw connectionError(id, 'has no valid registry host', 'Fix the registry of the connection in its settings.');
  if (!isAzure) return login(id, host, read.parameter('username'), read.parameter('password'));
  // An admin account of the registry, or the application of an older connection, has a password as in docker.
  const [username, password] = [read.parameter('serviceprincipalid'), read.parameter('serviceprincipalkey')];
  const isSecret = ['', 'serviceprincipal'].includes(read.scheme().toLowerCase()) && password !== '';
  if (isSecret) return login(id, host, username, password);
  const connection = identityOf(id, read, cloudOfRegistry(host) ?? publicCloud);
  if (connection === undefined) throw connectionError(id, `has the scheme ${read.scheme() || 'none'}`, advice);
  return { id, host, kind: 'identity', connection };
}

function login(id: string, host: string, username: string, password: string): RegistryConnection {
  if (username !== '' && password !== '') return { id, host, kind: 'login', username, password };
  throw connectionError(
    id,
    `is for ${host} and has no user name and password`,
    'Edit the connection, set both, and save it (Azure DevOps provides no credentials of a connection that it could not verify).',
  );
}

/** `https://index.docker.io/v1/`, `https://host/`, `host`. */
function hostOf(server: string): string {
  const [, host = ''] = /^(?:https?:\/\/)?([^/]+)/.exec(server.trim()) ?? [];
  return canonicalRegistry(host);
}

const advice =
  'Set a service connection of the kind Docker Registry (Docker Hub, Others or Azure Container Registry) that the pipeline is allowed to use.';

/** Describes a connection that is not one to a registry. */
function describeConnectionType(id: string, endpoints: ServiceEndpoints): string {
  const read = createEndpointReader(id, endpoints);
  if (read.scheme() === '') return 'is not a service connection of this task';
  return read.data('subscriptionid') !== '' || read.data('environment') !== ''
    ? 'is a service connection to Azure Resource Manager (it belongs in azureSubscription)'
    : `is a service connection with the scheme ${read.scheme()} and without a registry`;
}

function connectionError(id: string, reason: string, fix: string): ChartImagesError {
  return new ChartImagesError(
    'invalid-input',
    `Cannot use "${id}" in the input "registry-connections": it ${reason}.`,
    {
      advice: fix,
    },
  );
}

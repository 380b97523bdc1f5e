import { ChartImagesError } from '../../core/errors.ts';
import { isHost } from '../../core/oci/reference.ts';
import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import { cloudOfRegistry, publicCloud } from './azure-cloud.ts';
import { type AzureConnection, createEndpointReader, identityOf, type ServiceEndpoints } from './service-connection.ts';

/** A service connection to a registry: Docker Hub, another registry, or one of Azure's. */
export type RegistryConnection = {
  readonly id: string;
  /** The registry that it is for. */
  readonly host: string;
} & (
  | { readonly kind: 'login'; readonly username: string; readonly password: string }
  /** A registry of Azure's, by an identity of Microsoft Entra ID. */
  | { readonly kind: 'identity'; readonly connection: AzureConnection }
);

/**
 * Reads the service connections that the input `registry-connections` names (azure-pipelines-tasks, docker-common). Errors:
 * `invalid-input` for one that this task was not given, that is of another kind, or whose registry has one already.
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
        `is for ${connection.host}, as the connection "${other.id}" is`,
        'Choose one of the two.',
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
    throw connectionError(id, 'names no registry host', 'Fix the registry of the connection in its settings.');
  if (!isAzure) return login(id, host, read.parameter('username'), read.parameter('password'));
  // An account of the registry itself, and the application of older connections, log in as docker does.
  const [username, password] = [read.parameter('serviceprincipalid'), read.parameter('serviceprincipalkey')];
  const isSecret = ['', 'serviceprincipal'].includes(read.scheme().toLowerCase()) && password !== '';
  if (isSecret) return login(id, host, username, password);
  const connection = identityOf(id, read, cloudOfRegistry(host) ?? publicCloud);
  if (connection === undefined) throw connectionError(id, `is of the scheme ${read.scheme() || 'none'}`, advice);
  return { id, host, kind: 'identity', connection };
}

function login(id: string, host: string, username: string, password: string): RegistryConnection {
  if (username !== '' && password !== '') return { id, host, kind: 'login', username, password };
  throw connectionError(
    id,
    `is for ${host} and holds no user name and password`,
    'Edit the connection, give both, and save it (Azure DevOps hands out nothing of a connection that it could not verify).',
  );
}

/** `https://index.docker.io/v1/`, `https://host/`, `host`. */
function hostOf(server: string): string {
  const [, host = ''] = /^(?:https?:\/\/)?([^/]+)/.exec(server.trim()) ?? [];
  return canonicalRegistry(host);
}

const advice =
  'Choose a service connection of the kind Docker Registry (Docker Hub, Others or Azure Container Registry), which the pipeline may use.';

/** What a connection is that is not one to a registry. */
function describeConnectionType(id: string, endpoints: ServiceEndpoints): string {
  const read = createEndpointReader(id, endpoints);
  if (read.scheme() === '') return 'is no service connection that this task was given';
  return read.data('subscriptionid') !== '' || read.data('environment') !== ''
    ? 'is a service connection to Azure Resource Manager (it belongs in azureSubscription)'
    : `is a service connection of the scheme ${read.scheme()} and names no registry`;
}

function connectionError(id: string, what: string, fix: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Input "registry-connections" names "${id}", which ${what}.`, {
    advice: fix,
  });
}

import { ChartImagesError } from '../../core/errors.ts';
import { type AzureCloud, cloudNamed, publicCloud } from './azure-cloud.ts';

/** The variables `ENDPOINT_*`, with which the agent passes service connections to a task (agent, Handler.cs). */
export type ServiceEndpoints = Readonly<Record<string, string | undefined>>;

interface Common {
  /** The ID of the connection, as in the input of the task. */
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** Empty if the connection has none (for a management group). */
  readonly subscriptionId: string;
  readonly cloud: AzureCloud;
}

/** A service connection to Azure. */
export type AzureConnection =
  | (Common & { readonly kind: 'workload-identity'; readonly idToken: string | undefined })
  | (Common & { readonly kind: 'secret'; readonly secret: string })
  | (Common & { readonly kind: 'certificate'; readonly pem: string })
  | (Common & { readonly kind: 'managed-identity' });

/**
 * Reads the service connection in the input `azure-subscription`. Throws `invalid-input` if it is not available, or not
 * of the kind Azure Resource Manager.
 */
export function readAzureConnection(id: string, endpoints: ServiceEndpoints): AzureConnection {
  const read = createEndpointReader(id, endpoints);
  const scheme = read.scheme();
  if (scheme === '') throw notAServiceConnectionError(id, 'is not a service connection of this task');
  // Connections to Azure registries have the same schemes.
  if (read.data('registrytype') !== '' || read.parameter('registry') !== '' || read.parameter('loginserver') !== '') {
    throw notAServiceConnectionError(
      id,
      'is a service connection to a docker registry (it belongs in registryConnections)',
    );
  }
  const connection = identityOf(id, read, cloudNamed(read.data('environment')) ?? publicCloud);
  if (connection === undefined)
    throw notAServiceConnectionError(id, `is a service connection with the scheme ${scheme}`);
  return connection;
}

/** The identity of a connection. Undefined if its scheme is not one of Azure. */
export function identityOf(id: string, read: EndpointReader, cloud: AzureCloud): AzureConnection | undefined {
  const common: Common = {
    id,
    tenantId: read.parameter('tenantid'),
    clientId: read.parameter('serviceprincipalid'),
    subscriptionId: read.data('subscriptionid'),
    cloud,
  };
  switch (read.scheme().toLowerCase()) {
    case 'workloadidentityfederation':
      return { ...common, kind: 'workload-identity', idToken: read.parameter('idtoken') || undefined };
    case 'serviceprincipal':
      return read.parameter('authenticationtype').toLowerCase() === 'spncertificate'
        ? { ...common, kind: 'certificate', pem: read.parameter('serviceprincipalcertificate') }
        : { ...common, kind: 'secret', secret: read.parameter('serviceprincipalkey') };
    case 'managedserviceidentity':
      return { ...common, kind: 'managed-identity' };
    default:
      return undefined;
  }
}

export interface EndpointReader {
  /** Empty if the connection is not available. */
  scheme(): string;
  /** Of its authorization. Empty if it is not set. */
  parameter(key: string): string;
  data(key: string): string;
}

/** Ignores the case of the variables, which differs between agents. */
export function createEndpointReader(id: string, endpoints: ServiceEndpoints): EndpointReader {
  const values = new Map(Object.entries(endpoints).map(([name, value]) => [name.toUpperCase(), value ?? '']));
  const value = (kind: string, key = '') => values.get(`ENDPOINT_${kind}_${id}${key && `_${key}`}`.toUpperCase()) ?? '';
  return {
    // Older connections to Azure registries have it as a parameter.
    scheme: () => value('AUTH_SCHEME') || value('AUTH_PARAMETER', 'scheme'),
    parameter: (key) => value('AUTH_PARAMETER', key),
    data: (key) => value('DATA', key),
  };
}

/** The token of the job, with which it can request OIDC tokens for its connections. */
export function systemAccessToken(endpoints: ServiceEndpoints): string {
  return createEndpointReader('SYSTEMVSSCONNECTION', endpoints).parameter('ACCESSTOKEN');
}

function notAServiceConnectionError(id: string, reason: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Cannot use "${id}" in the input "azure-subscription": it ${reason}.`, {
    advice:
      'Set a service connection of the kind Azure Resource Manager, with workload identity federation, a secret, a certificate or a managed identity.',
  });
}

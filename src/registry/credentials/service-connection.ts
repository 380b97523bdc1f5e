import { ChartImagesError } from '../../core/errors.ts';
import { type AzureCloud, cloudNamed, publicCloud } from './azure-cloud.ts';

/** The variables `ENDPOINT_*` with which Azure's agent hands service connections to a task (agent, Handler.cs). */
export type ServiceEndpoints = Readonly<Record<string, string | undefined>>;

interface Common {
  /** The connection's id, as the task's input holds it. */
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** `''` where the connection names none (one for a management group). */
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
 * Reads the service connection that the input `azure-subscription` names. Errors: `invalid-input` when there is none of that
 * name or it is of another kind than Azure Resource Manager.
 */
export function readAzureConnection(id: string, endpoints: ServiceEndpoints): AzureConnection {
  const read = createEndpointReader(id, endpoints);
  const scheme = read.scheme();
  if (scheme === '') throw notAServiceConnectionError(id, 'is no service connection that this task was given');
  // Those of Azure's registries have the same schemes.
  if (read.data('registrytype') !== '' || read.parameter('registry') !== '' || read.parameter('loginserver') !== '') {
    throw notAServiceConnectionError(
      id,
      'is a service connection to a docker registry (it belongs in registryConnections)',
    );
  }
  const connection = identityOf(id, read, cloudNamed(read.data('environment')) ?? publicCloud);
  if (connection === undefined) throw notAServiceConnectionError(id, `is a service connection of the scheme ${scheme}`);
  return connection;
}

/** The identity that a connection holds, by its scheme; undefined where that is none of Azure's. */
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
  /** `''` when the connection is not there. */
  scheme(): string;
  /** Of its authorization; `''` when it is not there. */
  parameter(key: string): string;
  data(key: string): string;
}

/** Looks up parts of a connection. Agents differ in the case of the variables' names, so it does not count. */
export function createEndpointReader(id: string, endpoints: ServiceEndpoints): EndpointReader {
  const values = new Map(Object.entries(endpoints).map(([name, value]) => [name.toUpperCase(), value ?? '']));
  const value = (kind: string, key = '') => values.get(`ENDPOINT_${kind}_${id}${key && `_${key}`}`.toUpperCase()) ?? '';
  return {
    // Older connections to Azure's registries have it among their parameters.
    scheme: () => value('AUTH_SCHEME') || value('AUTH_PARAMETER', 'scheme'),
    parameter: (key) => value('AUTH_PARAMETER', key),
    data: (key) => value('DATA', key),
  };
}

/** The token of the job itself, with which it may ask Azure DevOps for tokens of its connections. */
export function systemAccessToken(endpoints: ServiceEndpoints): string {
  return createEndpointReader('SYSTEMVSSCONNECTION', endpoints).parameter('ACCESSTOKEN');
}

function notAServiceConnectionError(id: string, what: string): ChartImagesError {
  return new ChartImagesError('invalid-input', `Input "azure-subscription" names "${id}", which ${what}.`, {
    advice:
      'Choose a service connection of the kind Azure Resource Manager, with workload identity federation, a secret, a certificate or a managed identity.',
  });
}

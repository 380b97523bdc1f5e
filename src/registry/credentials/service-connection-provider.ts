import type { AzureIdentity } from './azure-identity.ts';
import { azureLookupResult } from './azure-provider.ts';
import type { Credential } from './credential.ts';
import { type CredentialProvider, describeCredential, type LookupResult, notFound } from './docker-config-provider.ts';
import type { RegistryConnection } from './registry-connection.ts';
import type { AzureConnection } from './service-connection.ts';

/** Service connections of Azure Pipelines to registries. */
export function serviceConnectionProvider(
  connections: readonly RegistryConnection[],
  identityOf: (connection: AzureConnection) => AzureIdentity,
): CredentialProvider {
  const lookups = new Map(connections.map((connection) => [connection.host, lookupFor(connection, identityOf)]));
  return {
    name: 'registry-connections',
    lookUp: async (host) => {
      if (connections.length === 0) return notFound('none are set');
      return (await lookups.get(host)?.()) ?? notFound('no connection for this registry');
    },
  };
}

/** Azure tokens are requested each time: they expire within an hour, and the identity caches them. */
function lookupFor(
  connection: RegistryConnection,
  identityOf: (connection: AzureConnection) => AzureIdentity,
): () => Promise<LookupResult> {
  if (connection.kind === 'login') {
    const { username, password } = connection;
    const identity = `the service connection ${connection.id} (user ${username})`;
    const credential: Credential = { kind: 'basic', username, password, identity };
    return async () => ({
      credential,
      detail: `${describeCredential(credential)} of the service connection ${connection.id}`,
    });
  }
  const identity = identityOf(connection.connection);
  return () => azureLookupResult(identity, connection.connection.cloud);
}

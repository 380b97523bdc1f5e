import type { AzureIdentity } from './azure-identity.ts';
import { azureLookupResult } from './azure-provider.ts';
import type { Credential } from './credential.ts';
import { type CredentialProvider, describeCredential, type LookupResult, notFound } from './docker-config-provider.ts';
import type { RegistryConnection } from './registry-connection.ts';
import type { AzureConnection } from './service-connection.ts';

/** Registries that service connections of Azure Pipelines are for. */
export function serviceConnectionProvider(
  connections: readonly RegistryConnection[],
  identityOf: (connection: AzureConnection) => AzureIdentity,
): CredentialProvider {
  const finders = new Map(connections.map((connection) => [connection.host, finderFor(connection, identityOf)]));
  return {
    name: 'registry-connections',
    look: async (host) => {
      if (connections.length === 0) return notFound('none are given');
      return (await finders.get(host)?.()) ?? notFound('no connection for this registry');
    },
  };
}

/** One of Azure's tokens is asked for each time: it ends within the hour, and the identity keeps the one that is good. */
function finderFor(
  connection: RegistryConnection,
  identityOf: (connection: AzureConnection) => AzureIdentity,
): () => Promise<LookupResult> {
  if (connection.kind === 'login') {
    const { username, password } = connection;
    const identity = `the service connection ${connection.id} (user ${username})`;
    const credential: Credential = { kind: 'basic', username, password, identity };
    return async () => ({
      credential,
      words: `${describeCredential(credential)} of the service connection ${connection.id}`,
    });
  }
  const identity = identityOf(connection.connection);
  return () => azureLookupResult(identity, connection.connection.cloud);
}

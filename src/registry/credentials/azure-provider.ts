import { ChartImagesError } from '../../core/errors.ts';
import { type AzureCloud, cloudOfRegistry } from './azure-cloud.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { type CredentialProvider, type LookupResult, notFound } from './docker-config-provider.ts';

/** The identity of the run, only for Azure registries. */
export function azureProvider(azure: AzureIdentity): CredentialProvider {
  const lookUp = async (host: string): Promise<LookupResult> => {
    const cloud = cloudOfRegistry(host);
    return cloud === undefined
      ? notFound('not used, this is not an Azure registry')
      : await azureLookupResult(azure, cloud);
  };
  return { name: 'Azure identity', lookUp };
}

/** A rejected identity is only an error if the registry doesn't allow anonymous access. */
export async function azureLookupResult(azure: AzureIdentity, cloud: AzureCloud): Promise<LookupResult> {
  try {
    const token = await azure.token('registry', cloud);
    if (token === undefined) return notFound('none');
    const identity = azure.name();
    return { credential: { kind: 'azure-access-token', token, identity }, detail: `a token of ${identity}` };
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    return { credential: { kind: 'none', reason: error }, detail: error.message };
  }
}

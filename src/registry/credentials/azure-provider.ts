import { ChartImagesError } from '../../core/errors.ts';
import { type AzureCloud, cloudOfRegistry } from './azure-cloud.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { type CredentialProvider, type LookupResult, notFound } from './docker-config-provider.ts';

/** The identity of the run, for Azure's registries alone. */
export function azureProvider(azure: AzureIdentity): CredentialProvider {
  const look = async (host: string): Promise<LookupResult> => {
    const cloud = cloudOfRegistry(host);
    return cloud === undefined
      ? notFound("not asked, this is no registry of Azure's")
      : await azureLookupResult(azure, cloud);
  };
  return { name: 'Azure identity', look };
}

/** An identity that Entra refuses is not the end: the registry may let everyone pull. Where it does not, it is the reason. */
export async function azureLookupResult(azure: AzureIdentity, cloud: AzureCloud): Promise<LookupResult> {
  try {
    const token = await azure.token('registry', cloud);
    if (token === undefined) return notFound('there is none');
    const identity = azure.name();
    return { credential: { kind: 'azure-access-token', token, identity }, words: `a token of ${identity}` };
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    return { credential: { kind: 'none', reason: error }, words: error.message };
  }
}

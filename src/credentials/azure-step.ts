import { ChartImagesError } from '../errors.ts';
import { type AzureCloud, cloudOfRegistry } from './azure-cloud.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { type Finding, nothing, type Step } from './login-step.ts';

/** The identity of the run, for Azure's registries alone. */
export function azureStep(azure: AzureIdentity): Step {
  const look = async (host: string): Promise<Finding> => {
    const cloud = cloudOfRegistry(host);
    return cloud === undefined
      ? nothing("not asked, this is no registry of Azure's")
      : await identityFinding(azure, cloud);
  };
  return { name: 'Azure identity', look };
}

/** An identity that Entra refuses is not the end: the registry may let everyone pull. Where it does not, it is the reason. */
export async function identityFinding(azure: AzureIdentity, cloud: AzureCloud): Promise<Finding> {
  try {
    const token = await azure.token('registry', cloud);
    if (token === undefined) return nothing('there is none');
    const whose = azure.name();
    return { credential: { kind: 'azure-access-token', token, whose }, words: `a token of ${whose}` };
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    return { credential: { kind: 'none', because: error }, words: error.message };
  }
}

import type { TokenCredential } from '@azure/identity';
import { redactServerText } from '../http/redact.ts';
import type { Log } from '../log.ts';

/** The resource of every Azure Container Registry, in all clouds; a token for the resource manager may be refused. */
const scope = 'https://containerregistry.azure.net/.default';

/** `az` is a large Python program that may have to renew its own token first. */
const azTimeoutMilliseconds = 30_000;

/** A registry's login server: `<name>.azurecr.io`, and the sovereign clouds. */
export function isAzureRegistry(host: string): boolean {
  return /^[a-z0-9-]+\.azurecr\.(io|cn|us|de)$/.test(host);
}

/**
 * A token of the identity that a pipeline or a terminal already has: a service principal or a workload identity in the
 * environment, or the session of `az login`. Never interactive. Undefined when there is none, which is common: many
 * registries let everyone pull.
 */
export async function azureAccessToken(log: Log, signal: AbortSignal): Promise<string | undefined> {
  try {
    const credential = await ambientCredential();
    const answer = await credential.getToken(scope, { abortSignal: signal });
    return answer?.token;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.debug(`No Azure identity: ${redactServerText(reason)}`);
    return undefined;
  }
}

/** These classes look at the process's own environment and PATH, which can not be handed in. */
async function ambientCredential(): Promise<TokenCredential> {
  // Large, and needed only for Azure registries without other credentials.
  const azure = await import('@azure/identity');
  const { AZURE_FEDERATED_TOKEN_FILE, AZURE_TENANT_ID, AZURE_CLIENT_ID } = process.env;
  // Its constructor throws where these are not set, instead of being skipped in the chain.
  const workload = AZURE_FEDERATED_TOKEN_FILE && AZURE_TENANT_ID && AZURE_CLIENT_ID;
  return new azure.ChainedTokenCredential(
    new azure.EnvironmentCredential(),
    ...(workload ? [new azure.WorkloadIdentityCredential()] : []),
    new azure.AzureCliCredential({ processTimeoutInMs: azTimeoutMilliseconds }),
  );
}

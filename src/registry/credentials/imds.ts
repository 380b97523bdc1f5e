import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient } from '../../core/http/http.ts';

/** What all virtual machines of Azure have at this address, and no other machine. */
const metadataService = 'http://169.254.169.254';

/** Milliseconds; on Azure the answer takes one or two. */
const retryPolicy = 1_000;

/** Variables by which other places that run programs (App Service, Arc, Service Fabric, pods) name their own service. */
const named = ['IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'AZURE_POD_IDENTITY_AUTHORITY_HOST'];

/** Whether there is a service to ask for a managed identity. Elsewhere the address leads nowhere and nothing answers for minutes. */
export async function isImdsAvailable(
  http: HttpClient,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (named.some((name) => environment[name])) return true;
  // Without the header "Metadata" the answer is a refusal, which is an answer.
  const url = new URL('/metadata/identity/oauth2/token', metadataService);
  const responded = http.fetch({ method: 'GET', url, reach: 'any' }, 64 * 1024).then(
    () => true,
    () => false,
  );
  return await Promise.race([responded, sleep(retryPolicy, false, { ref: false })]);
}

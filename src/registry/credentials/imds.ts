import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpClient } from '../../core/http/http.ts';

/** The Azure Instance Metadata Service (IMDS) of all virtual machines of Azure. */
const metadataService = 'http://169.254.169.254';

/** Milliseconds. On Azure the response takes one or two. */
const timeout = 1_000;

/** Variables with the endpoint of other hosts (App Service, Arc, Service Fabric, pods). */
const endpointVariables = ['IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'AZURE_POD_IDENTITY_AUTHORITY_HOST'];

/** Whether the service exists. Elsewhere, a request to its address may time out only after minutes. */
export async function isImdsAvailable(
  http: HttpClient,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (endpointVariables.some((name) => environment[name])) return true;
  // Without the header "Metadata" the service returns an error, which is sufficient.
  const url = new URL('/metadata/identity/oauth2/token', metadataService);
  const responded = new Promise<boolean>((resolve) => {
    // A throttled request is repeated for longer than the time below.
    const request = { method: 'GET', url, reach: 'any', onThrottled: () => resolve(true) } as const;
    http.fetch(request, 64 * 1024).then(
      () => resolve(true),
      () => resolve(false),
    );
  });
  return await Promise.race([responded, sleep(timeout, false, { ref: false })]);
}

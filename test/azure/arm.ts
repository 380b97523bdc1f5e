/** The product's resource manager against the stand-in, as a principal of it. */

import type { HttpClient } from '../../src/core/http/http.ts';
import { type ArmClient, createArmClient } from '../../src/registry/azure/arm.ts';
import { type AzureCloud, publicCloud } from '../../src/registry/credentials/azure-cloud.ts';
import { clientOf } from './client.ts';
import type { Principal } from './fake-azure.ts';
import { accessToken } from './fake-entra.ts';
import type { StandIn } from './fake-server.ts';

export interface OpenedArm {
  readonly arm: ArmClient;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
  cancel(): void;
}

export interface ArmOptions {
  readonly cloud?: AzureCloud;
  /** Milliseconds. */
  readonly whenThrottled?: number;
}

export async function openArm(
  azure: StandIn,
  principal: Principal,
  { cloud = publicCloud, whenThrottled = 400 }: ArmOptions = {},
): Promise<OpenedArm> {
  const abort = new AbortController();
  const http = await clientOf(azure, {
    signal: abort.signal,
    retryPolicy: { firstDelay: 1, maximumDelay: 5, whenThrottled, whenFailing: 50 },
  });
  const identity = {
    token: async () => accessToken(azure.world, principal, cloud.resourceManager),
    name: () => `the application ${principal.clientId}`,
  };
  return {
    arm: createArmClient({ http, identity, cloud }),
    http,
    signal: abort.signal,
    cancel: () => abort.abort(),
  };
}

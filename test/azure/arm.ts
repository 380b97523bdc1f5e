/** The product's resource manager against the stand-in, as a principal of it. */

import { type Arm, createArm } from '../../src/azure/arm.ts';
import { type AzureCloud, publicCloud } from '../../src/credentials/azure-cloud.ts';
import type { Http } from '../../src/http/http.ts';
import { clientOf } from './client.ts';
import { accessToken } from './entra.ts';
import type { StandIn } from './stand-in.ts';
import type { Principal } from './world.ts';

export interface OpenedArm {
  readonly arm: Arm;
  readonly http: Http;
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
    patience: { firstDelay: 1, longestDelay: 5, whenThrottled, whenFailing: 50 },
  });
  const identity = {
    token: async () => accessToken(azure.world, principal, cloud.resourceManager),
    name: () => `the application ${principal.clientId}`,
  };
  return {
    arm: createArm({ http, identity, cloud }),
    http,
    signal: abort.signal,
    cancel: () => abort.abort(),
  };
}

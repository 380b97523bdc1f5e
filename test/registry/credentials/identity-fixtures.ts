import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { HttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { type AzureIdentityOptions, createAzureIdentity } from '../../../src/registry/credentials/azure-identity.ts';
import { clientOf } from '../../azure/client.ts';
import { type StandIn, startStandIn } from '../../azure/fake-server.ts';

export let azure: StandIn;
export let http: HttpClient;
export let folder: string;
export let masked: string[];

beforeAll(async () => {
  azure = await startStandIn();
  http = await clientOf(azure);
});

afterAll(async () => {
  await http.close();
  await azure.stop();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'identity-'));
  masked = [];
  azure.local.machine = undefined;
  azure.local.session = undefined;
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

export function identity(options: Partial<AzureIdentityOptions> = {}) {
  return createAzureIdentity({
    connection: undefined,
    clientId: undefined,
    tenantId: undefined,
    // Without it the machine that runs the tests would be asked.
    environment: { AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService },
    endpoints: {},
    http: async () => http,
    mask: (secret) => masked.push(secret),
    log: silentLog,
    signal: new AbortController().signal,
    ...options,
  });
}

/** Whose token it is and what for, as the services that take it see it. */
export function ownerOf(token: string | undefined) {
  const claims = azure.world.read(token ?? '');
  return { clientId: claims?.['appid'], audience: claims?.['aud'] };
}

export const forRegistries = 'https://containerregistry.azure.net';

import { expect, onTestFinished, test, vi } from 'vitest';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import { isImdsAvailable } from '../../../src/registry/credentials/imds.ts';
import { clientOf } from '../../azure/client.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { azure, identity, ownerOf } from './identity-fixtures.ts';

test("the machine's managed identity is used again after its metadata service has throttled a request", async () => {
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', azure.local.metadataService);
  azure.local.machine = azure.addPrincipal();
  azure.local.isThrottled = true;
  const patience = { firstDelay: 1, maximumDelay: 1, whenThrottled: 5, whenFailing: 5 };
  const impatient = await clientOf(azure, { retryPolicy: patience });
  onTestFinished(async () => {
    vi.useRealTimers();
    azure.local.isThrottled = false;
    await impatient.close();
  });
  const environment = { PATH: '', AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.local.metadataService };
  const me = identity({ environment, http: async () => impatient });
  expect(await me.token('registry', publicCloud)).toBeUndefined();
  azure.local.isThrottled = false;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  expect(ownerOf(await me.token('registry', publicCloud)).clientId).toBe(azure.local.machine.clientId);
});

test('a metadata service that throttles for longer than a machine without one is waited for counts as available', async () => {
  const server = await startFaultServer(() => ({ status: 429, headers: { 'retry-after': '60' } }));
  // The address of the metadata service is reserved, so a proxy is in its place.
  const http = await createHttpClient({
    log: silentLog,
    signal: new AbortController().signal,
    proxyEnv: { HTTP_PROXY: server.url },
  });
  onTestFinished(async () => {
    await http.close();
    await server.stop();
  });
  expect(await isImdsAvailable(http, {})).toBe(true);
});

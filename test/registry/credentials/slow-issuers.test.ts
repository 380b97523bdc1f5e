import { afterEach, expect, test, vi } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { exchangeAcrRefreshToken } from '../../../src/registry/client/token.ts';
import { publicCloud } from '../../../src/registry/credentials/azure-cloud.ts';
import { createAzureIdentity } from '../../../src/registry/credentials/azure-identity.ts';
import { azurePipelinesOidcToken, githubOidcToken } from '../../../src/registry/credentials/oidc-token.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { type DripServer, drips, shortDeadlines, startDripServer } from '../../support/drip-server.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function scene(kind: keyof typeof drips): Promise<{ readonly http: HttpClient; readonly issuer: DripServer }> {
  const signal = new AbortController().signal;
  const patience = { firstDelay: 5, maximumDelay: 20, whenThrottled: 300, whenFailing: 150 };
  const http = await createHttpClient({
    log: silentLog,
    signal,
    proxyEnv: {},
    retryPolicy: patience,
    deadlines: shortDeadlines,
  });
  const issuer = await startDripServer(() => drips[kind]);
  open.push(issuer, { stop: () => http.close() });
  return { http, issuer };
}

const kinds = ['a body that comes byte by byte', 'headers that come byte by byte'] as const;

test.each(kinds)("GitHub's issuer of tokens holds up no run by %s", async (kind) => {
  const { http, issuer } = await scene(kind);
  const asked = githubOidcToken(http, { url: `${issuer.url}/token`, token: 'job' }, 'api://AzureADTokenExchange');
  await expect(asked).rejects.toMatchObject({ code: 'timeout' });
});

test.each(kinds)("Azure DevOps' issuer of tokens holds up no run by %s", async (kind) => {
  const { http, issuer } = await scene(kind);
  const asked = azurePipelinesOidcToken(http, {
    uri: `${issuer.url}/oidc`,
    systemAccessToken: 'job',
    connection: 'id',
  });
  await expect(asked).rejects.toMatchObject({ code: 'timeout' });
});

test.each(kinds)('an exchange of an Entra token holds up no run by %s', async (kind) => {
  const { http, issuer } = await scene(kind);
  const realm = new URL(`${issuer.url}/oauth2/token`);
  const asked = exchangeAcrRefreshToken(http, { realm, namedBy: realm, service: undefined }, 'entra');
  await expect(asked).rejects.toMatchObject({ code: 'timeout' });
});

test('a metadata service that drips holds up no run, however often the identity library would ask it', async () => {
  const { http, issuer } = await scene('a body that comes byte by byte');
  // The library looks at the process's own.
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', issuer.url);
  const identity = createAzureIdentity({
    connection: undefined,
    clientId: undefined,
    tenantId: undefined,
    endpoints: {},
    environment: { AZURE_POD_IDENTITY_AUTHORITY_HOST: issuer.url, PATH: '' },
    http: async () => http,
    trace: traceOf(),
    log: silentLog,
    signal: new AbortController().signal,
  });
  expect(await identity.token('registry', publicCloud)).toBeUndefined();
  expect(issuer.requests.length).toBeGreaterThan(0);
  expect(issuer.requests.length).toBeLessThanOrEqual(3);
});

/** The product's resource manager client, and a server on loopback that answers as a test says. Takes milliseconds. */
import { onTestFinished } from 'vitest';
import { createHttpClient } from '../../src/core/http/http.ts';
import { silentLog } from '../../src/core/log.ts';
import { type ArmClient, createArmClient } from '../../src/registry/azure/arm.ts';
import { publicCloud } from '../../src/registry/credentials/azure-cloud.ts';
import type { AzureIdentity } from '../../src/registry/credentials/azure-identity.ts';
import { type FaultServer, type Reply, type SeenRequest, startFaultServer } from '../support/fault-server.ts';

export interface ScriptedArm {
  readonly arm: ArmClient;
  readonly server: FaultServer;
  readonly signal: AbortSignal;
  cancel(): void;
  /** `GET /subscriptions?api-version=…` of each request, without the version. */
  asked(): readonly string[];
}

/** The program as the application `me`. */
export const me = 'the application me';

export async function scriptedArm(
  answer: (request: SeenRequest, count: number) => Reply,
  token: AzureIdentity['token'] = async () => 'entra',
): Promise<ScriptedArm> {
  const server = await startFaultServer(answer);
  const abort = new AbortController();
  const http = await createHttpClient({
    log: silentLog,
    signal: abort.signal,
    proxyEnv: {},
    retryPolicy: { firstDelay: 1, maximumDelay: 1, whenThrottled: 3, whenFailing: 3 },
  });
  onTestFinished(async () => {
    await http.close();
    await server.stop();
  });
  const cloud = { ...publicCloud, resourceManager: server.url };
  return {
    arm: createArmClient({ http, identity: { token, name: () => me }, cloud }),
    server,
    signal: abort.signal,
    cancel: () => abort.abort(),
    asked: () => server.requests.map(({ method, path }) => `${method} ${path.replace(/[?&]api-version=.*$/, '')}`),
  };
}

export function json(body: unknown, headers: Record<string, string> = {}, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function armError(status: number, code: string, message = '', headers: Record<string, string> = {}): Reply {
  return json({ error: { code, message } }, headers, status);
}

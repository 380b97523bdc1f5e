/** A registry over loopback that answers as a test says. */
import { onTestFinished } from 'vitest';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { type FaultServer, type Reply, type SeenRequest, startFaultServer } from '../../support/fault-server.ts';
import { type OpenOptions, openRegistries } from '../../support/registries.ts';

/** A registry that passes the version check and then answers as told. */
export async function registryThat(
  answers: (request: SeenRequest) => Reply | Promise<Reply>,
  options: OpenOptions = {},
): Promise<{ registry: Registry; server: FaultServer }> {
  const server = await startFaultServer((request) =>
    request.path === '/v2/' ? { status: 200, body: '{}' } : answers(request),
  );
  const { registries } = await openRegistries(options);
  onTestFinished(async () => {
    await registries.close();
    await server.stop();
  });
  return { registry: registries.get(server.host), server };
}

import { expect, test } from 'vitest';
import type { RegistryClient, RegistryResponse } from '../../../src/registry/client/client.ts';
import { headManifest } from '../../../src/registry/client/manifests.ts';

/** Stands for a registry that is not on this machine: everything it is asked for it answers with this status. */
function clientOf(host: string, status: number, as: RegistryResponse<never>['as']): RegistryClient {
  return {
    host,
    warmUp: () => {},
    read: async () => ({
      response: { status, headers: {}, url: new URL(`https://${host}/`), bytes: Buffer.alloc(0) },
      as,
      apiVersion: 'v2',
    }),
    reserveRead: () => Promise.reject(new Error('nothing is reserved')),
    open: () => Promise.reject(new Error('nothing is opened')),
  };
}

test.each(['docker.io', 'ghcr.io', 'quay.io'])(
  '%s hides whether an image exists, so a denied lookup means absent',
  async (host) => {
    for (const [status, as] of [
      [401, 'anonymous'],
      [403, 'anonymous'],
      [401, 'authenticated'],
      [403, 'authenticated'],
    ] as const) {
      expect(await headManifest(clientOf(host, status, as), 'a', '1')).toEqual({
        result: 'absent',
        reason: 'absent, or not visible to these credentials',
      });
    }
  },
);

test.each([
  ['docker.io', 'none'],
  ['registry.example', 'authenticated'],
  ['registry.example', 'anonymous'],
] as const)('a refusal by %s to %s leaves it unknown', async (host, as) => {
  for (const status of [401, 403]) {
    expect((await headManifest(clientOf(host, status, as), 'a', '1')).result).toBe('unknown');
  }
});

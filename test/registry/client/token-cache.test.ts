import { afterEach, expect, test, vi } from 'vitest';
import { type FaultServer, startFaultServer } from '../../support/fault-server.ts';
import { openRegistries } from '../../support/registries.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const one of open.splice(0).reverse()) await one.stop();
});

interface Guarded {
  /** Besides the token. */
  readonly answer?: object;
  /** Called before an answer that refuses a token. */
  readonly beforeRefusal?: () => Promise<void>;
  /** Statuses of the token server that come first. */
  readonly faults?: readonly number[];
}

/** A registry with its token server, which takes the tokens that were not revoked. */
async function guarded({ answer = {}, beforeRefusal = async () => {}, faults = [] }: Guarded = {}) {
  let issued = 0;
  let asked = 0;
  const revoked = new Set<string>();
  const server: FaultServer = await startFaultServer(async ({ path, headers }) => {
    if (path.startsWith('/token')) {
      asked += 1;
      const fault = faults[asked - 1];
      if (fault !== undefined) return { status: fault };
      issued += 1;
      return { status: 200, body: JSON.stringify({ token: `token-number-${issued}`, ...answer }) };
    }
    const token = headers.authorization?.replace('Bearer ', '');
    if (token !== undefined && !revoked.has(token)) return { status: 404 };
    if (token !== undefined) await beforeRefusal();
    return { status: 401, headers: { 'www-authenticate': `Bearer realm="${server.url}/token"` } };
  });
  const { registries } = await openRegistries();
  open.push(server, { stop: () => registries.close() });
  return { registry: registries.get(server.host), issued: () => issued, revoke: (token: string) => revoked.add(token) };
}

test.each([1, 2, 5, 10, 19])(
  'a token that lives for %i seconds is not fetched anew for each image',
  async (seconds) => {
    const { registry, issued } = await guarded({ answer: { expires_in: seconds } });
    vi.useFakeTimers({ toFake: ['Date'] });
    const tags = Array.from({ length: 16 }, (_, index) => String(index));
    expect((await registry.headManifest('a', 'first')).result).toBe('absent');
    const heads = await Promise.all(tags.map((tag) => registry.headManifest('a', tag)));
    expect(heads.every(({ result }) => result === 'absent')).toBe(true);
    expect(issued()).toBe(1);
  },
);

test('requests that are refused one after another for one ended token get one new token, not one each', async () => {
  let refusals = 0;
  const { registry, issued, revoke } = await guarded({
    beforeRefusal: async () => {
      refusals += 1;
      // Each is refused when the one before it has its new token already.
      await new Promise((resolve) => setTimeout(resolve, refusals * 30));
    },
  });
  expect((await registry.headManifest('a', 'first')).result).toBe('absent');
  revoke('token-number-1');
  const tags = Array.from({ length: 10 }, (_, index) => String(index));
  const heads = await Promise.all(tags.map((tag) => registry.headManifest('a', tag)));
  expect(heads.every(({ result }) => result === 'absent')).toBe(true);
  expect([refusals, issued()]).toEqual([10, 2]);
});

test('a token server that fails for one image is asked again for the next', async () => {
  const { registry, issued } = await guarded({ faults: [400] });
  expect((await registry.headManifest('a', '1')).result).toBe('unknown');
  expect((await registry.headManifest('a', '2')).result).toBe('absent');
  expect(issued()).toBe(1);
});

/**
 * A proxy before a registry that counts what is asked: each method and address by itself. Asking again what has been
 * written since then is another question (is it there? did it arrive?), and counted as one.
 */
import { type Relay, startRelay } from '../bench-copy/relay.ts';

export interface Front extends Relay {
  /** `HEAD /v2/a/manifests/1` → how often. */
  readonly asked: ReadonlyMap<string, number>;
}

/** What is another question once this was put: the address itself, and whether its repository has a blob. */
function answeredBy(address: string): readonly string[] {
  const [, repository, digest] = /^\/v2\/(.+)\/blobs\/uploads\/.*[?&]digest=([^&]+)/.exec(address) ?? [];
  if (repository === undefined || digest === undefined) return [address];
  const from = encodeURIComponent(repository);
  return [address, `/v2/${repository}/blobs/uploads/?mount=${decodeURIComponent(digest)}&from=${from}`];
}

export async function startFront(to: string): Promise<Front> {
  const asked = new Map<string, number>();
  const written = new Set<string>();
  const count = (method: string, address: string): void => {
    const question = written.has(address) ? `${method} ${address} (written)` : `${method} ${address}`;
    asked.set(question, (asked.get(question) ?? 0) + 1);
    if (method === 'PUT') for (const question of answeredBy(address)) written.add(question);
  };
  const relay = await startRelay(to, { join: (near, far) => void near.pipe(far).pipe(near), onRequest: count });
  return { ...relay, asked };
}

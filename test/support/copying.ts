/** Copies between registries in memory: the images, and what is asked of the registries afterwards. */
import { silentLog } from '../../src/core/log.ts';
import { copyImages } from '../../src/mirror/copy/copy-images.ts';
import type { CopyObserver } from '../../src/mirror/copy/copy-observer.ts';
import type { Outcome } from '../../src/mirror/plan/plan.ts';
import type { Registry } from '../../src/registry/client/registry.ts';
import { makeImage, makeIndex, type TestImage } from './images.ts';
import { type MemoryRegistry, memoryRegistries, memoryRegistry } from './memory-registry.ts';
import { type Copying, planOf } from './planned.ts';

export const one = await makeImage({ seed: 'one', layers: [100, 200] });
export const two = await makeImage({ seed: 'two', layers: [100, 200] });
export const arm = await makeImage({ seed: 'one', platform: 'linux/arm64' });
export const index = await makeIndex([one, arm], { attestations: true });

interface Setting {
  readonly registries: readonly Registry[];
  readonly copies: readonly Copying[];
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly onOutcome?: CopyObserver['onEnd'];
}

export function copy({ registries, copies, concurrency = 4, signal, onOutcome }: Setting) {
  return copyImages(planOf(...copies), memoryRegistries(...registries), {
    concurrency,
    settleDelays: [1],
    log: silentLog,
    signal: signal ?? new AbortController().signal,
    ...(onOutcome
      ? { observer: { onStart: () => {}, onProgress: () => {}, onBlobDone: () => {}, onEnd: onOutcome } }
      : {}),
  });
}

/** `copied`, or `failed code`. */
export function results(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map((outcome) => (outcome.result === 'failed' ? `failed ${outcome.error.code}` : outcome.result));
}

/** Bytes of all blobs; one that occurs twice counts once. */
export function sizeOf(...images: readonly TestImage[]): number {
  const sizes = new Map(
    images.flatMap(({ blobs }) => blobs.map(({ digest, bytes }) => [digest, bytes.length] as const)),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

export function sourceWith(images: Readonly<Record<string, TestImage>>): MemoryRegistry {
  const source = memoryRegistry('s.io');
  for (const [repository, image] of Object.entries(images)) source.add(repository, '1', image);
  return source;
}

export function callsOf(registry: MemoryRegistry, verb: string): readonly string[] {
  return registry.calls.filter((call) => call.startsWith(`${verb} `));
}

/** The tags that a registry holds. */
export function tags(registry: MemoryRegistry): readonly string[] {
  return registry.names().filter((name) => !name.includes('sha256:'));
}

import type { Finding } from '../core/findings.ts';
import { createCounter } from '../core/progress.ts';
import { imageOrigins, registryValuesOf } from '../report/model/image-origins.ts';
import { checkPlatforms } from '../resolve/check-platforms.ts';
import { applyLock } from '../resolve/lock/apply-lock.ts';
import { writeLock } from '../resolve/lock/write-lock.ts';
import type { Resolution } from '../resolve/resolution.ts';
import { resolveImages } from '../resolve/resolve.ts';
import { findAllRegistryValues, fixedRegistryFindings } from '../values/overlay/registry-values.ts';
import { traceAll } from '../values/provenance/trace-values.ts';
import { withDiffSize } from './base-images.ts';
import type { DiscoverResult } from './discover-step.ts';
import type { RunContext } from './run-context.ts';

/** Where it is. */
export interface ResolveResult {
  readonly resolutions: readonly Resolution[];
  /** All so far, not judged yet. */
  readonly findings: readonly Finding[];
}

/** Where each image is, held to the lock file and the wanted platforms; and which values make it. */
export async function resolveStep(
  { settings, services, host, updateReport }: RunContext,
  named: DiscoverResult,
): Promise<ResolveResult> {
  const { discovery, renderingsWithToggles: renderings, base, delta, tools, finder } = named;
  const { concurrency } = settings;
  const registries = await services.registries();
  const { read, count } = createCounter('images checked', discovery.images.length);
  // Helm works while registries are waited for; asking them keeps this process busy, so helm is started first.
  const searching = traceAll(discovery, renderings, finder);
  await Promise.race([searching, finder.started]);
  const [resolved, origins, registryValues] = await Promise.all([
    host.withProgress(read, () =>
      resolveImages(discovery.images, settings.sources, registries, { concurrency, onResolved: count }),
    ),
    searching,
    // What AOSM has to overwrite is of use to those who have its input file.
    'input-file' in host.inputs ? findAllRegistryValues(renderings, discovery, finder, tools) : [],
  ]);
  updateReport({ resolutions: resolved.resolutions, origins: imageOrigins(origins) });
  updateReport({ registryValues: registryValuesOf(registryValues) });
  const held = await applyLock(resolved.resolutions, settings.lock, registries, { concurrency });
  await writeLock(held.resolutions, settings.lock, host.log);
  const offered = await checkPlatforms(held.resolutions, settings.platforms, registries, { concurrency });
  updateReport({ resolutions: offered.resolutions, lockFile: settings.lock?.path });
  if (base && delta) updateReport({ delta: await withDiffSize(delta, base, held.resolutions, settings, registries) });
  const found = [named, resolved, held, offered].flatMap((value): readonly Finding[] => value.findings);
  return { resolutions: offered.resolutions, findings: [...found, ...fixedRegistryFindings(registryValues)] };
}

import type { Finding } from '../core/findings.ts';
import { createCounter } from '../core/progress.ts';
import { imageOrigins, registryValuesOf } from '../report/model/image-origins.ts';
import { checkPlatforms } from '../resolve/check-platforms.ts';
import { applyLock } from '../resolve/lock/apply-lock.ts';
import { writeLock } from '../resolve/lock/write-lock.ts';
import type { PathRule } from '../resolve/path-rule.ts';
import type { Resolution } from '../resolve/resolution.ts';
import { resolveImages } from '../resolve/resolve.ts';
import { emptyRegistryFindings } from '../values/overlay/empty-registries.ts';
import { findAllRegistryValues, fixedRegistryFindings } from '../values/overlay/registry-values.ts';
import { createFirstTracer } from '../values/provenance/first-component.ts';
import { traceAll } from '../values/provenance/trace-values.ts';
import { withDiffSize } from './base-images.ts';
import type { DiscoverResult } from './discover-step.ts';
import type { RunContext } from './run-context.ts';

/** Result of the resolve step. */
export interface ResolveResult {
  readonly resolutions: readonly Resolution[];
  /** All findings so far, not graded. */
  readonly findings: readonly Finding[];
}

/** Finds each image in the sources, checks lock file and platforms, and traces the values behind each reference. */
export async function resolveStep(
  { settings, services, host, updateReport }: RunContext,
  discovered: DiscoverResult,
): Promise<ResolveResult> {
  const { discovery, renderingsWithToggles: renderings, base, delta, tools, finder } = discovered;
  const { concurrency } = settings;
  const registries = await services.registries();
  const { read, increment } = createCounter('images checked', discovery.images.length);
  // Helm runs while requests wait. Requests keep this process busy, so helm is started first.
  const searching = traceAll(discovery, renderings, finder);
  await Promise.race([searching, finder.started]);
  const isAosm = settings.registriesAre === 'overwritten';
  const pathRule: PathRule = {
    placeholders: settings.placeholderRegistries,
    traceFirst: isAosm ? createFirstTracer(renderings, discovery, finder) : undefined,
  };
  const [resolved, origins, registryValues] = await Promise.all([
    host.withProgress(read, () =>
      resolveImages(discovery.images, settings.sources, registries, { concurrency, pathRule, onResolved: increment }),
    ),
    searching,
    // Only AOSM users, who have its input file, need registryValuesPaths.
    isAosm ? findAllRegistryValues(renderings, discovery, finder, tools) : [],
  ]);
  updateReport({ resolutions: resolved.resolutions, origins: imageOrigins(origins) });
  updateReport({ registryValues: registryValuesOf(registryValues) });
  const locked = await applyLock(resolved, settings.lock, registries, { concurrency });
  if (discovered.incomplete.errors.length === 0) await writeLock(locked.resolutions, settings.lock, host.log);
  else if (settings.lock !== undefined) host.log.info(`Skipped ${settings.lock.name}: not every chart was rendered`);
  const offered = await checkPlatforms(locked.resolutions, settings.platforms, registries, { concurrency });
  updateReport({ resolutions: offered.resolutions, lockFile: settings.lock?.path });
  if (base && delta)
    updateReport({ delta: await withDiffSize(delta, base, locked.resolutions, { ...settings, pathRule }, registries) });
  const aboutRegistries = [...emptyRegistryFindings(registryValues), ...fixedRegistryFindings(registryValues)];
  const found = [discovered, locked, offered].flatMap((value): readonly Finding[] => value.findings);
  return { resolutions: offered.resolutions, findings: [...found, ...aboutRegistries] };
}

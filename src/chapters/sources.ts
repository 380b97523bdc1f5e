import { weighDelta } from '../base.ts';
import type { Finding } from '../findings.ts';
import { holdToLock } from '../lock/hold-to-lock.ts';
import { keepLock } from '../lock/keep-lock.ts';
import { findOrigins } from '../origins/find-origins.ts';
import { findAllRegistryValues, fixedRegistryFindings } from '../origins/registry-values.ts';
import { createCounter } from '../progress.ts';
import { imageOrigins, registryValuesOf } from '../report/image-origins.ts';
import { checkPlatforms } from '../resolution/platforms.ts';
import type { Resolution } from '../resolution/resolution.ts';
import { resolveImages } from '../resolution/resolve.ts';
import type { Named } from './charts.ts';
import type { Story } from './story.ts';

/** Where it is. */
export interface Sought {
  readonly resolutions: readonly Resolution[];
  /** All so far, not judged yet. */
  readonly findings: readonly Finding[];
}

/** Where each image is, held to the lock file and the wanted platforms; and which values make it. */
export async function tellSources({ settings, outside, host, learn }: Story, named: Named): Promise<Sought> {
  const { discovery, renderings, base, delta, tools, finder } = named;
  const { concurrency } = settings;
  const registries = await outside.registries();
  const { read, count } = createCounter('images looked for', discovery.images.length);
  // Helm works while registries are waited for; asking them keeps this process busy, so helm is started first.
  const searching = findOrigins(discovery, renderings, finder);
  await Promise.race([searching, finder.begun]);
  const [resolved, origins, registryValues] = await Promise.all([
    host.follow(read, () =>
      resolveImages(discovery.images, settings.sources, registries, { concurrency, onResolved: count }),
    ),
    searching,
    // What AOSM has to overwrite is of use to those who have its input file.
    'input-file' in host.inputs ? findAllRegistryValues(renderings, discovery, finder, tools) : [],
  ]);
  learn({ resolutions: resolved.resolutions, origins: imageOrigins(origins) });
  learn({ registryValues: registryValuesOf(registryValues) });
  const held = await holdToLock(resolved.resolutions, settings.lock, registries, { concurrency });
  await keepLock(held.resolutions, settings.lock, host.log);
  const offered = await checkPlatforms(held.resolutions, settings.platforms, registries, { concurrency });
  learn({ resolutions: offered.resolutions, lockFile: settings.lock?.path });
  if (base && delta) learn({ delta: await weighDelta(delta, base, held.resolutions, settings, registries) });
  const found = [named, resolved, held, offered].flatMap((value): readonly Finding[] => value.findings);
  return { resolutions: offered.resolutions, findings: [...found, ...fixedRegistryFindings(registryValues)] };
}

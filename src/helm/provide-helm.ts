import { ChartImagesError } from '../errors.ts';
import type { Helm } from './helm.ts';
import { missingPatch } from './helm-patches.ts';
import { type HelmWish, isSatisfiedBy, newestIn, oldestHelm, parseHelmWish, pinnedHelm } from './helm-release.ts';
import { asListing, type InstallOptions, installHelm } from './install-helm.ts';
import { helmOnPath, versionOf } from './installed-helm.ts';
import { releaseFile } from './release-file.ts';
import { latestRelease, listReleases, publicServer, serverName } from './release-server.ts';
import { findCached } from './tool-cache.ts';

export interface ProvideOptions extends Omit<InstallOptions, 'server'> {
  /** `installed`, `latest`, a version or a semver range. */
  readonly version: string;
  /** Base address that serves helm's release files in place of the public server. */
  readonly mirror: string | undefined;
  /** The first helm on PATH, where somebody has asked for it already. */
  readonly onPath?: () => Promise<Helm | undefined>;
}

/**
 * Finds the helm that was asked for: on PATH, in the tool cache, else it is fetched, verified and cached. What is on the
 * machine already is preferred wherever it satisfies the wish; only `latest` has to ask the server first. Logs a warning for one
 * that is older than the newest patch of its line.
 * Errors: `helm-version`, `helm-download`, `helm-checksum`, `helm-missing`, `invalid-input` (the mirror is no address).
 */
export async function provideHelm(options: ProvideOptions): Promise<Helm> {
  const helm = await findHelm(options);
  const warning = missingPatch(helm.version);
  if (warning !== undefined) options.log.warning(warning);
  return helm;
}

async function findHelm(options: ProvideOptions): Promise<Helm> {
  const wish = parseHelmWish(options.version);
  const install: InstallOptions = { ...options, server: serverOf(options.mirror) };
  const onPath = await (options.onPath?.() ?? helmOnPath(install));
  if (onPath !== undefined && isSatisfiedBy(wish, onPath.version)) return onPath;
  const settled = await settle(wish, install);
  if (onPath !== undefined && isSatisfiedBy(settled, onPath.version)) return onPath;
  if (onPath !== undefined && wish.kind === 'installed') {
    options.log.info(`${onPath.path} is helm ${onPath.version}; ${oldestHelm} is the oldest that can be used.`);
  }
  const wanted = settled.kind === 'exact' ? settled.version : settled.range;
  const cached = await usableCached(wanted, install);
  if (cached !== undefined) return cached;
  const version = settled.kind === 'exact' ? settled.version : await newestRelease(settled.range, install);
  return await installHelm(version, releaseFile(version, process), install);
}

type SettledWish = Extract<HelmWish, { readonly kind: 'exact' | 'range' }>;

async function settle(wish: HelmWish, install: InstallOptions): Promise<SettledWish> {
  switch (wish.kind) {
    case 'installed':
      return { kind: 'exact', version: pinnedHelm };
    case 'latest': {
      const { server, downloads } = install;
      return { kind: 'exact', version: await asListing('latest', server, latestRelease(server, downloads)) };
    }
    case 'exact':
    case 'range':
      return wish;
  }
}

async function usableCached(wanted: string, install: InstallOptions): Promise<Helm | undefined> {
  const { program } = releaseFile(pinnedHelm, process);
  const cached = await findCached(wanted, program, install, install.log);
  if (cached === undefined || !isSatisfiedBy({ kind: 'installed' }, cached.version)) return undefined;
  // Another job may be in the middle of writing it.
  return (await versionOf(cached.path, install)) === undefined ? undefined : cached;
}

async function newestRelease(range: string, install: InstallOptions): Promise<string> {
  const { server, downloads } = install;
  const newest = newestIn(range, await asListing(range, server, listReleases(server, downloads)));
  if (newest !== undefined) return newest;
  throw new ChartImagesError('helm-version', `${serverName(server)} has no helm release of "${range}".`, {
    advice: 'Check helm-version against helm’s list of releases.',
  });
}

function serverOf(mirror: string | undefined): string {
  if (mirror === undefined) return publicServer;
  if (/^https?:\/\//i.test(mirror) && URL.canParse(mirror)) return mirror;
  throw new ChartImagesError('invalid-input', 'helm-mirror is not an address.', {
    advice: 'Write it as https://host/path, without the file names.',
  });
}

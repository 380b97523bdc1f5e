import { ChartImagesError } from '../../core/errors.ts';
import type { Helm } from './helm.ts';
import { findHelmOnPath, versionOf } from './helm-on-path.ts';
import { missingPatch } from './helm-patches.ts';
import {
  type HelmVersionSpec,
  latestInRange,
  oldestHelm,
  parseHelmVersion,
  pinnedHelm,
  satisfies,
} from './helm-release.ts';
import { type InstallOptions, installHelm, toListingError } from './install-helm.ts';
import { releaseFile } from './release-file.ts';
import { latestRelease, listReleases, publicServer, serverName } from './release-server.ts';
import { findCached } from './tool-cache.ts';

export interface ProvideOptions extends Omit<InstallOptions, 'server'> {
  /** `installed`, `latest`, a version or a semver range. */
  readonly version: string;
  /** Base address that serves helm's release files in place of the public server. */
  readonly mirror: string | undefined;
  /** The first helm on PATH, where it was looked up already. */
  readonly onPath?: () => Promise<Helm | undefined>;
}

/**
 * Finds the helm that was asked for: on PATH, in the tool cache, else it is fetched, verified and cached. What is on the
 * machine already is preferred wherever it satisfies the wish; only `latest` has to ask the server first. Logs a warning for one
 * that is older than the newest patch of its line.
 * Errors: `helm-version`, `helm-download`, `helm-checksum`, `helm-missing`, `invalid-input` (the mirror is no address).
 */
export async function ensureHelm(options: ProvideOptions): Promise<Helm> {
  const helm = await findHelm(options);
  const warning = missingPatch(helm.version);
  if (warning !== undefined) options.log.warning(warning);
  return helm;
}

async function findHelm(options: ProvideOptions): Promise<Helm> {
  const spec = parseHelmVersion(options.version);
  const install: InstallOptions = { ...options, server: serverOf(options.mirror) };
  const onPath = await (options.onPath?.() ?? findHelmOnPath(install));
  if (onPath !== undefined && satisfies(spec, onPath.version)) return onPath;
  const settled = await resolveVersion(spec, install);
  if (onPath !== undefined && satisfies(settled, onPath.version)) return onPath;
  if (onPath !== undefined && spec.kind === 'installed') {
    options.log.info(`${onPath.path} is helm ${onPath.version}; ${oldestHelm} is the oldest that can be used.`);
  }
  const wanted = settled.kind === 'exact' ? settled.version : settled.range;
  const cached = await findUsableCached(wanted, install);
  if (cached !== undefined) return cached;
  const version = settled.kind === 'exact' ? settled.version : await newestRelease(settled.range, install);
  return await installHelm(version, releaseFile(version, process), install);
}

type ResolvedVersion = Extract<HelmVersionSpec, { readonly kind: 'exact' | 'range' }>;

async function resolveVersion(spec: HelmVersionSpec, install: InstallOptions): Promise<ResolvedVersion> {
  switch (spec.kind) {
    case 'installed':
      return { kind: 'exact', version: pinnedHelm };
    case 'latest': {
      const { server, downloads } = install;
      return { kind: 'exact', version: await toListingError('latest', server, latestRelease(server, downloads)) };
    }
    case 'exact':
    case 'range':
      return spec;
  }
}

async function findUsableCached(wanted: string, install: InstallOptions): Promise<Helm | undefined> {
  const { program } = releaseFile(pinnedHelm, process);
  const cached = await findCached(wanted, program, install, install.log);
  if (cached === undefined || !satisfies({ kind: 'installed' }, cached.version)) return undefined;
  // Another job may be in the middle of writing it.
  return (await versionOf(cached.path, install)) === undefined ? undefined : cached;
}

async function newestRelease(range: string, install: InstallOptions): Promise<string> {
  const { server, downloads } = install;
  const newest = latestInRange(range, await toListingError(range, server, listReleases(server, downloads)));
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

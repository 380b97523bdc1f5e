import { ChartImagesError } from '../../core/errors.ts';
import { findBatchFile } from '../../core/process/batch-file.ts';
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
  /** Base URL of the release files, instead of the public server. */
  readonly mirror: string | undefined;
  /** The first helm on PATH, if it was already looked up. */
  readonly onPath?: () => Promise<Helm | undefined>;
}

/**
 * Finds the requested helm on PATH or in the tool cache, or downloads it. Only `latest` always contacts the server.
 * Logs a warning if a newer patch release exists.
 * Throws `helm-version`, `helm-download`, `helm-checksum`, `helm-missing`, `invalid-input` (the mirror is not a URL).
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
  const batch = onPath === undefined ? await findBatchFile('helm', options.environment) : undefined;
  if (batch !== undefined) options.log.info(`Skipped ${batch}: it is a batch file. Put helm.exe itself on PATH.`);
  const resolved = await resolveVersion(spec, install);
  if (onPath !== undefined && satisfies(resolved, onPath.version)) return onPath;
  if (onPath !== undefined && spec.kind === 'installed') {
    options.log.info(
      `Skipped ${onPath.path}: it is helm ${onPath.version}, and the oldest supported version is ${oldestHelm}.`,
    );
  }
  const wanted = resolved.kind === 'exact' ? resolved.version : resolved.range;
  const cached = await findUsableCached(wanted, install);
  if (cached !== undefined) return cached;
  const version = resolved.kind === 'exact' ? resolved.version : await newestRelease(resolved.range, install);
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
  // Another job can be writing it at the same time.
  return (await versionOf(cached.path, install)) === undefined ? undefined : cached;
}

async function newestRelease(range: string, install: InstallOptions): Promise<string> {
  const { server, downloads } = install;
  const newest = latestInRange(range, await toListingError(range, server, listReleases(server, downloads)));
  if (newest !== undefined) return newest;
  throw new ChartImagesError(
    'helm-version',
    `Cannot find helm "${range}": ${serverName(server)} has no such release.`,
    {
      advice: 'Set helm-version to a published Helm release.',
    },
  );
}

function serverOf(mirror: string | undefined): string {
  if (mirror === undefined) return publicServer;
  if (/^https?:\/\//i.test(mirror) && URL.canParse(mirror)) return mirror;
  throw new ChartImagesError('invalid-input', 'Cannot use helm-mirror: it is not an HTTP or HTTPS URL.', {
    advice: 'Set helm-mirror to https://host/path, without file names.',
  });
}

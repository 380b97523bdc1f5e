import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { ChartImagesError, type ErrorCode, toErrors } from '../../core/errors.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { Log } from '../../core/log.ts';
import type { Helm } from './helm.ts';
import { type HelmLookupOptions, versionOf } from './helm-on-path.ts';
import type { ReleaseFile } from './release-file.ts';
import { type Downloads, fetchChecksum, releaseUrl, serverName } from './release-server.ts';
import { saveToCache, type ToolCacheFolders, unpackRelease } from './tool-cache.ts';

/** Archives of Helm releases have 15 to 25 MB. */
const maximumArchiveBytes = 100 * 1024 * 1024;

export interface InstallOptions extends HelmLookupOptions, ToolCacheFolders {
  /** Base URL of the release files. */
  readonly server: string;
  readonly downloads: Downloads;
  readonly log: Log;
}

/**
 * Downloads a release, verifies its checksum before opening it, and copies it to the tool cache. Returns the copy in
 * the temporary folder, not the cached one, which another job can be writing at the same time.
 * Throws `helm-version` (no such release), `helm-download`, `helm-checksum`, `helm-missing` (it does not run here).
 */
export async function installHelm(version: string, file: ReleaseFile, options: InstallOptions): Promise<Helm> {
  const folder = await createTemporaryFolder(options.temporary, 'helm');
  try {
    const archive = join(folder.path, file.name);
    options.log.info(`Fetching helm ${version} from ${serverName(options.server)}.`);
    await fetchVerified(version, file, archive, options);
    const unpacked = join(folder.path, 'unpacked');
    await unpackRelease(file, archive, unpacked, options, options.log);
    const path = join(unpacked, file.program);
    await chmod(path, 0o755);
    if ((await versionOf(path, options)) === undefined) throw doesNotRun(version);
    await saveToToolCache(unpacked, version, options);
    return { path, version };
  } catch (error) {
    await folder.remove(options.log);
    throw error;
  }
}

async function fetchVerified(version: string, file: ReleaseFile, archive: string, options: InstallOptions) {
  const { server, downloads } = options;
  const limits = { maximumBytes: maximumArchiveBytes };
  const { sha256 } = await toDownloadError(
    version,
    server,
    downloads.download(releaseUrl(server, file.name), archive, limits),
  );
  const published =
    file.sha256 ?? (await toDownloadError(version, server, fetchChecksum(server, file.name, downloads)));
  if (sha256 === published) return;
  throw new ChartImagesError(
    'helm-checksum',
    `Cannot use ${file.name} from ${serverName(server)}: its SHA-256 is ${sha256}, expected ${published}.`,
    { advice: 'Try again. If the problem persists, contact the operator of the mirror or proxy.' },
  );
}

async function saveToToolCache(unpacked: string, version: string, options: InstallOptions): Promise<void> {
  try {
    await saveToCache(unpacked, version, options, options.log);
  } catch (error) {
    // Without the cache, the next run only downloads the release again.
    options.log.warning(`Cannot save helm ${version} to the tool cache: ${String(error)}`);
  }
}

/** Converts an error of the HTTP client. */
async function toDownloadError<T>(version: string, server: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const [error] = toErrors(thrown);
    if (error !== undefined && alreadyReportedCodes.has(error.code)) throw error;
    const where = serverName(server);
    if (error?.code === 'not-found') {
      throw new ChartImagesError(
        'helm-version',
        `Cannot download helm ${version}: ${where} has no such release for this platform.`,
        {
          advice: 'Set helm-version to a published Helm release, and check helm-mirror if it is set.',
          cause: thrown,
        },
      );
    }
    throw new ChartImagesError('helm-download', `Cannot download helm ${version}: ${error?.message ?? where}`, {
      // For a certificate, the advice names ca-file.
      advice:
        error?.code === 'tls'
          ? error.advice
          : 'Install helm on this machine, or set helm-mirror to a reachable server.',
      cause: thrown,
    });
  }
}

const alreadyReportedCodes: ReadonlySet<ErrorCode> = new Set(['cancelled', 'helm-download', 'helm-version']);

/** As `toDownloadError`, for a list of releases: many mirrors have only archives and checksums. */
export async function toListingError<T>(spec: string, server: string, work: Promise<T>): Promise<T> {
  const reported = work.catch((thrown: unknown) => {
    const [error] = toErrors(thrown);
    if (error === undefined || !noListingStatuses.has(error.code)) throw thrown;
    throw new ChartImagesError(
      'helm-version',
      `Cannot resolve helm-version "${spec}": ${serverName(server)} does not list its releases: ${error.message}`,
      {
        advice: 'Set helm-version to an exact version, such as 4.2.4, which needs only the archive and its checksum.',
        cause: thrown,
      },
    );
  });
  return await toDownloadError(spec, server, reported);
}

/** The responses of storage services that do not allow listing. */
const noListingStatuses: ReadonlySet<ErrorCode> = new Set(['not-found', 'denied', 'unauthorized']);

function doesNotRun(version: string): ChartImagesError {
  return new ChartImagesError(
    'helm-missing',
    `Cannot run helm ${version}: the downloaded program does not start on this machine.`,
    {
      advice: 'Allow programs to run from the temporary folder, or install helm on this machine.',
    },
  );
}

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

/** Helm's archives have 15 to 25 MB. */
const maximumArchiveBytes = 100 * 1024 * 1024;

export interface InstallOptions extends HelmLookupOptions, ToolCacheFolders {
  /** Base address of the release files. */
  readonly server: string;
  readonly downloads: Downloads;
  readonly log: Log;
}

/**
 * Fetches a release, proves that it is the published one before opening it, and leaves a copy in the tool cache. The
 * helm that is given back is this run's own copy in the temporary folder, never the cached one: another job that
 * installs the same release at the same time may be writing there.
 * Errors: `helm-version` (no such release), `helm-download`, `helm-checksum`, `helm-missing` (it does not run here).
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
    await folder.remove();
    throw error;
  }
}

async function fetchVerified(version: string, file: ReleaseFile, archive: string, options: InstallOptions) {
  const { server, downloads } = options;
  const bounds = { maximumBytes: maximumArchiveBytes };
  const { sha256 } = await toDownloadError(
    version,
    server,
    downloads.download(releaseUrl(server, file.name), archive, bounds),
  );
  const published =
    file.sha256 ?? (await toDownloadError(version, server, fetchChecksum(server, file.name, downloads)));
  if (sha256 === published) return;
  throw new ChartImagesError(
    'helm-checksum',
    `${file.name} from ${serverName(server)} has the SHA-256 ${sha256}, published is ${published}; it was thrown away.`,
    { advice: 'Try again; if it stays so, ask the operator of the mirror or the proxy in between.' },
  );
}

async function saveToToolCache(unpacked: string, version: string, options: InstallOptions): Promise<void> {
  try {
    await saveToCache(unpacked, version, options, options.log);
  } catch (error) {
    // A cache that cannot be written costs the next run a download, nothing else.
    options.log.warning(`helm ${version} could not be kept in the tool cache: ${String(error)}`);
  }
}

/** Reports an error of the HTTP client in helm's terms. */
async function toDownloadError<T>(version: string, server: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const [error] = toErrors(thrown);
    if (error !== undefined && alreadyReportedCodes.has(error.code)) throw error;
    const where = serverName(server);
    if (error?.code === 'not-found') {
      throw new ChartImagesError('helm-version', `${where} has no helm ${version} for this kind of machine.`, {
        advice: 'Check helm-version against helm’s list of releases, and helm-mirror where one is used.',
        cause: thrown,
      });
    }
    throw new ChartImagesError('helm-download', `helm ${version} could not be fetched: ${error?.message ?? where}`, {
      advice: 'Install helm on this machine, or name a server that it can reach with helm-mirror.',
      cause: thrown,
    });
  }
}

const alreadyReportedCodes: ReadonlySet<ErrorCode> = new Set(['cancelled', 'helm-download', 'helm-version']);

/** The same for what only a list of releases can answer: many mirrors hold nothing but archives and sums. */
export async function toListingError<T>(spec: string, server: string, work: Promise<T>): Promise<T> {
  const reported = work.catch((thrown: unknown) => {
    const [error] = toErrors(thrown);
    if (error === undefined || !noListingStatuses.has(error.code)) throw thrown;
    throw new ChartImagesError(
      'helm-version',
      `${serverName(server)} gives no list of helm's releases, so it cannot be asked for "${spec}": ${error.message}`,
      {
        advice: 'Give an exact helm-version, for example 4.2.4: it needs only the archive and its sum.',
        cause: thrown,
      },
    );
  });
  return await toDownloadError(spec, server, reported);
}

/** Stores that hide their lists answer in any of these ways. */
const noListingStatuses: ReadonlySet<ErrorCode> = new Set(['not-found', 'denied', 'unauthorized']);

function doesNotRun(version: string): ChartImagesError {
  return new ChartImagesError('helm-missing', `The fetched helm ${version} does not run on this machine.`, {
    advice: 'Check that programs may be started from the temporary folder, or install helm yourself.',
  });
}

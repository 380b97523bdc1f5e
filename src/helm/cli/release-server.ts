import { ChartImagesError } from '../../core/errors.ts';

/** What the HTTP client does for helm: plain downloads with bounds. Both throw ChartImagesError, `not-found` for 404. */
export interface Downloads {
  /** Stores what the address holds in a new file; `sha256` is lower-case hex. */
  download(
    url: URL,
    path: string,
    bounds: { readonly maximumBytes: number },
  ): Promise<{ readonly sha256: string; readonly bytes: number }>;
  fetchText(url: URL, maximumBytes: number): Promise<string>;
}

/** Serves helm's release files; so does a mirror, under the same names. */
export const publicServer = 'https://get.helm.sh';

/** `vX.Y.Z`, or the hex and the name of one file. */
const maximumLineBytes = 4096;
/** One page of the listing has 5,000 entries of about 600 bytes. */
const maximumListBytes = 16 * 1024 * 1024;
/** Helm has published about 9,000 files under this prefix; ten pages are room for five times that. */
const maximumListPages = 10;

/** Address of a file of the server. A mirror's own query (a SAS token, say) stays. */
export function releaseUrl(server: string, name: string): URL {
  const url = new URL(server);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${name}`;
  return url;
}

/** The newest release, as the server lists it (helm 4's file; helm 3 has another). */
export async function latestRelease(server: string, downloads: Downloads): Promise<string> {
  const text = await downloads.fetchText(releaseUrl(server, 'helm4-latest-version'), maximumLineBytes);
  const version = /^v(\d+\.\d+\.\d+)\s*$/.exec(text)?.[1];
  // Proxies and captive portals answer with pages of their own.
  if (version === undefined) throw unexpectedResponseError(server, 'helm4-latest-version', 'a version');
  return version;
}

/** The published SHA-256 of a release file, lower-case hex. */
export async function fetchChecksum(server: string, name: string, downloads: Downloads): Promise<string> {
  const text = await downloads.fetchText(releaseUrl(server, `${name}.sha256sum`), maximumLineBytes);
  const sum = /^([0-9a-f]{64})(?:\s|$)/.exec(text)?.[1];
  if (sum === undefined) throw unexpectedResponseError(server, `${name}.sha256sum`, 'a SHA-256 sum');
  return sum;
}

/** All versions that the server lists (Azure Blob Storage's "List Blobs", which the public server answers). */
export async function listReleases(server: string, downloads: Downloads): Promise<readonly string[]> {
  const versions = new Set<string>();
  let marker = '';
  for (let page = 0; page < maximumListPages; page += 1) {
    const url = releaseUrl(server, '');
    url.searchParams.set('restype', 'container');
    url.searchParams.set('comp', 'list');
    url.searchParams.set('prefix', 'helm-v');
    if (marker !== '') url.searchParams.set('marker', marker);
    const xml = await downloads.fetchText(url, maximumListBytes);
    if (!xml.includes('<EnumerationResults')) throw unexpectedResponseError(server, 'the list of releases', 'a list');
    // Only names of one fixed form are taken, so no XML parser is needed: markup cannot be part of a version.
    for (const [, version] of xml.matchAll(/<Name>helm-v(\d+\.\d+\.\d+)-[^<]*<\/Name>/g)) {
      if (version !== undefined) versions.add(version);
    }
    marker = /<NextMarker>([^<]+)<\/NextMarker>/.exec(xml)?.[1] ?? '';
    if (marker === '') break;
  }
  return [...versions];
}

/** The server's host, for messages: the rest of a mirror's address may hold secrets. */
export function serverName(server: string): string {
  return new URL(server).host;
}

function unexpectedResponseError(server: string, name: string, expected: string): ChartImagesError {
  return new ChartImagesError('helm-download', `${serverName(server)} does not answer with ${expected} for ${name}.`, {
    advice: 'Give an exact helm-version, check helm-mirror and the proxy, or install helm on this machine.',
  });
}

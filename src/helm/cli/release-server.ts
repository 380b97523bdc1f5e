import { ChartImagesError } from '../../core/errors.ts';

/** Downloads with size limits. Both functions throw ChartImagesError, `not-found` for 404. */
export interface Downloads {
  /** Writes the response to a new file. `sha256` is lowercase hex. */
  download(
    url: URL,
    path: string,
    limits: { readonly maximumBytes: number },
  ): Promise<{ readonly sha256: string; readonly bytes: number }>;
  fetchText(url: URL, maximumBytes: number): Promise<string>;
}

/** A mirror has the same file names. */
export const publicServer = 'https://get.helm.sh';

/** `vX.Y.Z`, or a checksum and a file name. */
const maximumLineBytes = 4096;
/** One page of the listing has 5,000 entries of about 600 bytes. */
const maximumListBytes = 16 * 1024 * 1024;
/** Helm has published about 9,000 files under this prefix; ten pages have five times that. */
const maximumListPages = 10;

/** URL of a file. Keeps the query of a mirror, such as a SAS token. */
export function releaseUrl(server: string, name: string): URL {
  const url = new URL(server);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${name}`;
  return url;
}

/** The latest release of Helm 4, from the file that the server provides for it. */
export async function latestRelease(server: string, downloads: Downloads): Promise<string> {
  const text = await downloads.fetchText(releaseUrl(server, 'helm4-latest-version'), maximumLineBytes);
  const version = /^v(\d+\.\d+\.\d+)\s*$/.exec(text)?.[1];
  // Proxies and captive portals return their own pages.
  if (version === undefined) throw unexpectedResponseError(server, 'helm4-latest-version', 'a version');
  return version;
}

/** The published SHA-256 of a release file, lowercase hex. */
export async function fetchChecksum(server: string, name: string, downloads: Downloads): Promise<string> {
  const text = await downloads.fetchText(releaseUrl(server, `${name}.sha256sum`), maximumLineBytes);
  const checksum = /^([0-9a-f]{64})(?:\s|$)/.exec(text)?.[1];
  if (checksum === undefined) throw unexpectedResponseError(server, `${name}.sha256sum`, 'a SHA-256 checksum');
  return checksum;
}

/** All listed versions. The public server is Azure Blob Storage ("List Blobs" API). */
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
    // A version cannot contain markup, so a pattern is enough, and no XML parser is needed.
    for (const [, version] of xml.matchAll(/<Name>helm-v(\d+\.\d+\.\d+)-[^<]*<\/Name>/g)) {
      if (version !== undefined) versions.add(version);
    }
    marker = /<NextMarker>([^<]+)<\/NextMarker>/.exec(xml)?.[1] ?? '';
    if (marker === '') break;
  }
  return [...versions];
}

/** The host, for messages: the rest of a mirror's URL can contain secrets. */
export function serverName(server: string): string {
  return new URL(server).host;
}

function unexpectedResponseError(server: string, name: string, expected: string): ChartImagesError {
  return new ChartImagesError(
    'helm-download',
    `Cannot read ${name} from ${serverName(server)}: the response is not ${expected}.`,
    {
      advice: 'Set helm-version to an exact version, check helm-mirror and the proxy, or install helm on this machine.',
    },
  );
}

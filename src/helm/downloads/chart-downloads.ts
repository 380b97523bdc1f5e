import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ChartImagesError } from '../../core/errors.ts';
import { bodyTooLargeError, discardBody } from '../../core/http/body.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { redactServerText, redactUrl } from '../../core/http/redact.ts';
import type { StreamingResponse } from '../../core/http/response.ts';
import { adviceForStatus, errorCodeForStatus } from '../../core/http/status.ts';
import { tidyUp } from '../../core/tidy-up.ts';
import type { RegistryReader } from '../../registry/client/registry.ts';
import { maximumArchiveBytes } from '../charts/archive-limits.ts';
import type { ChartDownloads } from '../cli/chart-fetcher.ts';
import { withDeadline } from './download-deadline.ts';
import { registryPackage } from './registry-package.ts';
import type { UrlCheck } from './url-check.ts';

/** The largest public indexes have 25 MB. */
const maximumIndexBytes = 64 * 1024 * 1024;

/** Milliseconds for one complete index or package: the largest package of a chart at 400 KB/s. */
const defaultDeadline = 300_000;

export interface BasicCredential {
  readonly username: string;
  readonly password: string;
}

export interface ChartDownloadOptions {
  readonly http: HttpClient;
  readonly checkUrl: UrlCheck;
  /** For HTTP repositories; undefined means anonymous. */
  readonly credentials: (host: string) => Promise<BasicCredential | undefined>;
  /** A reader that applies `checkUrl` too, including to tokens and redirects. */
  readonly registry: (host: string) => Promise<RegistryReader>;
  /** Milliseconds. */
  readonly deadline?: number;
}

/** Downloads with limits on size and time, and `checkUrl` before each request. */
export function createChartDownloads(options: ChartDownloadOptions): ChartDownloads {
  const { http, checkUrl, credentials, registry, deadline = defaultDeadline } = options;

  const open = async (url: URL): Promise<StreamingResponse> => {
    await checkUrl(url);
    // Another server in the index gets its own credentials, never those of the repository.
    const login = await credentials(url.host);
    const headers = login === undefined ? {} : { authorization: basic(login) };
    const response = await http.stream({ method: 'GET', url, headers, checkUrl });
    if (response.status === 200) return response;
    discardBody(response);
    throw new ChartImagesError(errorCodeForStatus(response.status), `${redactUrl(url)} returned ${response.status}.`, {
      advice: adviceForStatus(response.status),
    });
  };

  return {
    async index(repository) {
      const url = new URL(repository);
      url.pathname = `${url.pathname.replace(/\/+$/, '')}/index.yaml`;
      return await withDeadline(url.host, deadline, async (onTimeout) => {
        const { body } = await open(url);
        onTimeout((error) => body.destroy(error));
        return (await buffer(limitSize(body, url, maximumIndexBytes))).toString('utf8');
      });
    },
    async archive(url, path) {
      await withDeadline(url.host, deadline, async (onTimeout) => {
        const { body } = await open(url);
        onTimeout((error) => body.destroy(error));
        await store(body, url, path);
      });
    },
    async tags({ host, repository }) {
      const name = nameIn(host, repository);
      return await withDeadline(host, deadline, async () => await (await registry(plainHost(host))).listTags(name));
    },
    async package({ host, repository }, tag, path) {
      const name = nameIn(host, repository);
      await withDeadline(host, deadline, async (onTimeout) => {
        await registryPackage(await registry(plainHost(host)), name, tag, path, onTimeout);
      });
    },
  };
}

/** `host:443` is `host`, for which users set credentials. URLs with https leave the port out by themselves. */
function plainHost(host: string): string {
  return host.replace(/:443$/, '');
}

/** Removes the file if it fails. */
async function store(body: Readable, url: URL, path: string): Promise<void> {
  try {
    await pipeline(limitSize(body, url, maximumArchiveBytes), createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    await tidyUp(path);
    throw error;
  }
}

async function* limitSize(body: AsyncIterable<Buffer>, url: URL, maximumBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maximumBytes) throw bodyTooLargeError(url, maximumBytes);
    yield chunk;
  }
}

function basic({ username, password }: BasicCredential): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** OCI distribution-spec, "Pulling manifests". Any other name could be a path to other resources of the host. */
const repositoryName = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

function nameIn(host: string, repository: string): string {
  const isHost = URL.canParse(`https://${host}`) && new URL(`https://${host}`).pathname === '/';
  if (isHost && repository.length <= 255 && repositoryName.test(repository)) return repository;
  throw new ChartImagesError(
    'invalid-input',
    `${redactServerText(`${host}/${repository}`, 100)} is not a valid repository name.`,
    {
      advice: 'Use lowercase letters and digits, separated by -, _, ., or /.',
    },
  );
}

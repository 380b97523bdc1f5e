import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ChartImagesError } from '../../core/errors.ts';
import { bodyTooLargeError, discardBody } from '../../core/http/body.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { redactServerText, redactUrl } from '../../core/http/redact.ts';
import type { StreamingResponse } from '../../core/http/response.ts';
import { adviceForStatus, errorCodeForStatus } from '../../core/http/status.ts';
import type { RegistryReader } from '../../registry/client/registry.ts';
import { maximumArchiveBytes } from '../charts/archive-limits.ts';
import type { ChartDownloads } from '../cli/chart-fetcher.ts';
import type { Admission } from './admission.ts';
import { inTime } from './download-deadline.ts';
import { registryPackage } from './registry-package.ts';

/** The largest public indexes have 25 MB. */
const maximumIndexBytes = 64 * 1024 * 1024;

/** Milliseconds for one index or package, all of it: at 400 KB/s the largest package of a chart takes as long. */
const defaultDeadline = 300_000;

export interface BasicCredential {
  readonly username: string;
  readonly password: string;
}

export interface ChartDownloadOptions {
  readonly http: HttpClient;
  readonly admit: Admission;
  /** For classic repositories; undefined: ask without. */
  readonly credentials: (host: string) => Promise<BasicCredential | undefined>;
  /** Asks no host that `admit` refuses, tokens and redirects included. */
  readonly registry: (host: string) => Promise<RegistryReader>;
  /** Milliseconds. */
  readonly deadline?: number;
}

/** Charts over our own HTTP client: bounded in bytes and time, each hop held to `admit`. */
export function createChartDownloads(options: ChartDownloadOptions): ChartDownloads {
  const { http, admit, credentials, registry, deadline = defaultDeadline } = options;

  const open = async (url: URL, repository: URL): Promise<StreamingResponse> => {
    await admit(url);
    // A password goes where the repository is, not to other servers that its index names.
    const login = url.origin === repository.origin ? await credentials(url.host) : undefined;
    const headers = login === undefined ? {} : { authorization: basic(login) };
    const response = await http.stream({ method: 'GET', url, headers, admit });
    if (response.status === 200) return response;
    discardBody(response);
    throw new ChartImagesError(errorCodeForStatus(response.status), `${redactUrl(url)} answers ${response.status}.`, {
      advice: adviceForStatus(response.status),
    });
  };

  return {
    async index(repository) {
      const url = new URL(repository);
      url.pathname = `${url.pathname.replace(/\/+$/, '')}/index.yaml`;
      return await inTime(url.host, deadline, async (whenLate) => {
        const { body } = await open(url, repository);
        whenLate((error) => body.destroy(error));
        return (await buffer(bounded(body, url, maximumIndexBytes))).toString('utf8');
      });
    },
    async archive(url, repository, path) {
      await inTime(url.host, deadline, async (whenLate) => {
        const { body } = await open(url, repository);
        whenLate((error) => body.destroy(error));
        await store(body, url, path);
      });
    },
    async tags({ host, repository }) {
      const name = nameIn(host, repository);
      return await inTime(host, deadline, async () => await (await registry(host)).listTags(name));
    },
    async package({ host, repository }, tag, path) {
      const name = nameIn(host, repository);
      await inTime(host, deadline, async (whenLate) => {
        await registryPackage(await registry(host), name, tag, path, whenLate);
      });
    },
  };
}

/** Leaves nothing at `path` when it fails. */
async function store(body: Readable, url: URL, path: string): Promise<void> {
  try {
    await pipeline(bounded(body, url, maximumArchiveBytes), createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function* bounded(body: AsyncIterable<Buffer>, url: URL, maximumBytes: number): AsyncGenerator<Buffer> {
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

/** OCI distribution-spec, "Pulling manifests". A name of another form could lead to any path of the host. */
const repositoryName = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

function nameIn(host: string, repository: string): string {
  const isHost = URL.canParse(`https://${host}`) && new URL(`https://${host}`).pathname === '/';
  if (isHost && repository.length <= 255 && repositoryName.test(repository)) return repository;
  throw new ChartImagesError(
    'invalid-input',
    `${redactServerText(`${host}/${repository}`, 100)} is not the name of a repository in a registry.`,
    {
      advice: 'Repositories have lower-case letters, digits, and -, _, . and / between them.',
    },
  );
}

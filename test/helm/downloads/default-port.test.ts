import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { HttpClient } from '../../../src/core/http/http.ts';
import type { HttpRequest } from '../../../src/core/http/response.ts';
import { createChartDownloads } from '../../../src/helm/downloads/chart-downloads.ts';
import { testFolder } from '../../support/folder.ts';

/** Downloads over a network that has only 200 OK, for hosts at port 443, which no test can serve. */
function recordedDownloads(passwords: Readonly<Record<string, string>>) {
  const requests: HttpRequest[] = [];
  const registries: string[] = [];
  const http: HttpClient = {
    stream: async (request) => {
      requests.push(request);
      return { status: 200, headers: {}, url: request.url, body: Readable.from([Buffer.from('chart')]) };
    },
    fetch: () => Promise.reject(new Error('charts are streamed')),
    close: async () => {},
  };
  const downloads = createChartDownloads({
    http,
    checkUrl: async () => {},
    credentials: async (host) => {
      const password = passwords[host];
      return password === undefined ? undefined : { username: 'robot', password };
    },
    registry: async (host) => {
      registries.push(host);
      throw new Error('no registry is here');
    },
  });
  return { downloads, requests, registries };
}

const basic = (password: string) => `Basic ${Buffer.from(`robot:${password}`).toString('base64')}`;

test('an archive that an index names at port 443 is fetched with the credentials of the host, and no other', async () => {
  const { downloads, requests } = recordedDownloads({ 'charts.example': 'sesame', 'mirror.example': 'own' });
  const folder = await testFolder();
  await downloads.index(new URL('https://charts.example:443/stable'));
  await downloads.archive(new URL('https://charts.example:443/a.tgz'), join(folder, 'a.tgz'));
  await downloads.archive(new URL('https://mirror.example:443/b.tgz'), join(folder, 'b.tgz'));
  await downloads.archive(new URL('https://charts.example:8443/c.tgz'), join(folder, 'c.tgz'));
  expect(requests.map(({ url, headers: { authorization } = {} }) => [url.href, authorization])).toEqual([
    ['https://charts.example/stable/index.yaml', basic('sesame')],
    ['https://charts.example/a.tgz', basic('sesame')],
    ['https://mirror.example/b.tgz', basic('own')],
    ['https://charts.example:8443/c.tgz', undefined],
  ]);
});

test('a chart that an index names in a registry at port 443 is asked of the registry without the port', async () => {
  const { downloads, registries } = recordedDownloads({});
  await expect(downloads.tags({ host: 'reg.example:443', repository: 'charts/web' })).rejects.toThrow();
  await expect(downloads.tags({ host: 'reg.example:8443', repository: 'charts/web' })).rejects.toThrow();
  expect(registries).toEqual(['reg.example', 'reg.example:8443']);
});

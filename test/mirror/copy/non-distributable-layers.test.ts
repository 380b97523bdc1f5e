import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '../../../src/core/http/http.ts';
import { silentLog } from '../../../src/core/log.ts';
import { copyImages } from '../../../src/mirror/copy/copy-images.ts';
import { createNonDistributableLayerReader } from '../../../src/mirror/copy/non-distributable-layers.ts';
import { createPublicHostCheck } from '../../../src/mirror/copy/public-hosts.ts';
import type { Outcome } from '../../../src/mirror/plan/plan.ts';
import { createRegistries } from '../../../src/registry/client/registry-pool.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { traceOf } from '../../support/credential-trace.ts';
import { type Distribution, registryUser, startDistribution } from '../../support/distribution.ts';
import { makeForeignImage } from '../../support/foreign-image.ts';
import { pushImage, type TestBlob } from '../../support/images.ts';
import { listen } from '../../support/listen.ts';
import { planOf } from '../../support/planned.ts';

let certificates: Certificates;
let source: Distribution;
let target: Distribution;

beforeAll(async () => {
  certificates = makeCertificates();
  [source, target] = await Promise.all([
    startDistribution({ auth: 'htpasswd', foreignLayers: 'taken' }),
    startDistribution({ foreignLayers: 'taken' }),
  ]);
});
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
  certificates?.remove();
});

const basic = `Basic ${Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64')}`;

interface LayerHost {
  /** Without trailing slash. */
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
}

/** Where layers are that registries may not hold. */
async function startLayerHost(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LayerHost> {
  const requests: IncomingMessage[] = [];
  const tls = { cert: readFileSync(certificates.certificate), key: readFileSync(certificates.key) };
  const server = createServer(tls, (request, response) => {
    requests.push(request);
    answer(request, response);
  });
  return { url: `https://${await listen(server)}`, requests };
}

interface Mirroring {
  readonly name: string;
  readonly urls: (layer: TestBlob) => readonly string[];
  readonly foreign?: 'included' | 'left out';
  /** Whether the source registry has the layer all the same. */
  readonly held?: 'by nobody else' | 'by the source';
}

interface Mirrored {
  readonly outcome: Outcome | undefined;
  readonly layer: TestBlob;
  /** Of the target, without the layer: its status. */
  readonly landed: { readonly manifest: Buffer | undefined; readonly layer: Buffer | undefined };
  readonly expected: Buffer;
}

async function mirror({ name, urls, foreign = 'included', held = 'by nobody else' }: Mirroring): Promise<Mirrored> {
  const made = await makeForeignImage({ seed: name, layers: [1000, 600_000], urls });
  const complete = { ...made.image, blobs: [...made.image.blobs, made.layer] };
  await pushImage(source.url, name, '1', held === 'by the source' ? complete : made.image, { authorization: basic });
  const signal = new AbortController().signal;
  const patience = { firstDelay: 5, maximumDelay: 20, whenThrottled: 300, whenFailing: 150 };
  const http = await createHttpClient({
    log: silentLog,
    signal,
    proxyEnv: {},
    caFile: certificates.authority,
    retryPolicy: patience,
  });
  const registries = createRegistries({
    http,
    credentials: {
      get: async (host) => (host === source.host ? { kind: 'basic', ...registryUser } : { kind: 'none' }),
    },
    plainHttp: [],
    concurrency: 4,
    trace: traceOf(),
    log: silentLog,
  });
  try {
    const from = `${source.host}/${name}`;
    const to = `${target.host}/${name}:1`;
    const plan = planOf({ image: made.image, from, to });
    const [outcome] = await copyImages(plan, registries, {
      concurrency: 4,
      nonDistributable:
        foreign === 'included' ? createNonDistributableLayerReader(http, createPublicHostCheck()) : undefined,
      log: silentLog,
      signal,
    });
    const at = async (path: string): Promise<Buffer | undefined> => {
      const accept = { accept: made.image.mediaType };
      const answer = await fetch(`${target.url}/v2/${name}/${path}`, { headers: accept });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return answer.ok ? bytes : undefined;
    };
    const landed = { manifest: await at('manifests/1'), layer: await at(`blobs/${made.layer.digest}`) };
    return { outcome, layer: made.layer, landed, expected: Buffer.from(made.image.bytes) };
  } finally {
    await registries.close();
  }
}

test('a foreign layer stays a reference by default', async () => {
  const host = await startLayerHost((_, response) => response.writeHead(500).end());
  const { outcome, landed, expected } = await mirror({
    name: 'kept',
    urls: () => [`${host.url}/layer`],
    foreign: 'left out',
  });
  expect(outcome?.result).toBe('copied');
  expect(landed).toEqual({ manifest: expected, layer: undefined });
  expect(host.requests).toEqual([]);
});

test('the URLs of a foreign layer are not used if the source registry has the layer', async () => {
  const host = await startLayerHost((_, response) => response.writeHead(500).end());
  const { outcome, landed, layer, expected } = await mirror({
    name: 'held',
    urls: () => [`${host.url}/layer`],
    held: 'by the source',
  });
  expect(outcome?.result).toBe('copied');
  expect(landed).toEqual({ manifest: expected, layer: Buffer.from(layer.bytes) });
  expect(host.requests).toEqual([]);
});

test('a foreign layer is read without credentials from the first URL that has it', async () => {
  let content: Uint8Array = new Uint8Array();
  const host = await startLayerHost(({ url }, response) =>
    url === '/layer' ? response.end(content) : response.writeHead(404).end(),
  );
  const { outcome, landed, layer, expected } = await mirror({
    name: 'far',
    urls: ({ bytes }) => {
      content = bytes;
      return [`${host.url}/gone`, `${host.url}/layer`];
    },
  });
  expect(outcome).toMatchObject({ result: 'copied' });
  expect(landed).toEqual({ manifest: expected, layer: Buffer.from(layer.bytes) });
  expect(host.requests.map(({ url }) => url)).toEqual(['/gone', '/layer']);
  for (const { headers } of host.requests) expect(headers).not.toHaveProperty('authorization');
});

test.each(['with', 'without'])('an interrupted download of a foreign layer is resumed (%s ranges)', async (ranges) => {
  let content = Buffer.alloc(0);
  let tries = 0;
  const host = await startLayerHost(({ headers }, response) => {
    tries += 1;
    const offset = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? '0');
    if (tries === 1) {
      response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 300_000));
      setTimeout(() => response.destroy(), 100);
    } else if (ranges === 'with') {
      const range = `bytes ${offset}-${content.length - 1}/${content.length}`;
      response.writeHead(206, { 'content-range': range }).end(content.subarray(offset));
    } else response.writeHead(200).end(content);
  });
  const { outcome, landed, layer } = await mirror({
    name: `broken-${ranges}-ranges`,
    urls: ({ bytes }) => {
      content = Buffer.from(bytes);
      return [`${host.url}/layer`];
    },
  });
  expect(outcome).toMatchObject({ result: 'copied' });
  expect(landed.layer).toEqual(Buffer.from(layer.bytes));
  expect(host.requests.at(-1)?.headers.range).toMatch(/^bytes=[1-9]/);
});

test.each([
  ['other bytes of the same length', 'digest-mismatch', (layer: Buffer) => Buffer.alloc(layer.length)],
  ['more bytes than the manifest says', 'digest-mismatch', (layer: Buffer) => Buffer.concat([layer, layer])],
])('%s at the URL: nothing is tagged', async (what, code, change) => {
  let content = Buffer.alloc(0);
  const host = await startLayerHost((_, response) => response.end(content));
  const { outcome, landed } = await mirror({
    name: `wrong-${what.slice(0, 4).trim()}`,
    urls: ({ bytes }) => {
      content = change(Buffer.from(bytes));
      return [`${host.url}/layer`];
    },
  });
  expect(outcome).toMatchObject({ result: 'failed', error: { code } });
  expect(landed).toEqual({ manifest: undefined, layer: undefined });
});

test.each([
  ['plain', (url: string) => `${url.replace('https:', 'http:')}/layer`, 'does not use HTTPS'],
  ['password', (url: string) => `${url.replace('https://', 'https://me:hunter2@')}/layer`, 'contains a password'],
  ['inside', (url: string) => `${url.replace('127.0.0.1', 'localhost')}/layer`, 'it is in the network of this run'],
  ['redirect', (url: string) => `${url}/redirect`, 'it is in the network of this run'],
  ['nonsense', () => 'https://', 'its URL is not valid'],
])('a URL that must not be asked is not asked (%s), and the error says why', async (name, urlOf, reason) => {
  const host = await startLayerHost(({ url, headers }, response) => {
    const [, port = ''] = (headers.host ?? '').split(':');
    if (url === '/redirect') response.writeHead(302, { location: `https://localhost:${port}/layer` }).end();
    else response.end('a layer');
  });
  const { outcome, landed } = await mirror({ name, urls: () => [urlOf(host.url)] });
  expect(outcome).toMatchObject({
    result: 'failed',
    error: { code: 'denied', message: expect.stringContaining(reason) },
  });
  expect(outcome?.result === 'failed' && outcome.error.message).not.toContain('hunter2');
  expect(landed.manifest).toBeUndefined();
  expect(host.requests.map(({ url }) => url)).toEqual(name === 'redirect' ? ['/redirect'] : []);
});

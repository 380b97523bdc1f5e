import { afterEach, expect, test } from 'vitest';
import { createHttpClient, type HttpClient, type HttpOptions } from '../../../src/core/http/http.ts';
import { checkAddress, guardedLookup, type LookUp, reachOf } from '../../../src/core/http/reach.ts';
import type { HttpRequest } from '../../../src/core/http/response.ts';
import { silentLog } from '../../../src/core/log.ts';
import { type FaultServer, startFaultServer } from '../../support/fault-server.ts';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

/** The names of these tests; `localhost` names are the loopback servers'. */
const names: Readonly<Record<string, string>> = {
  'registry.example': '203.0.113.5',
  'local-registry.example': '127.0.0.1',
  'own.example': '127.0.0.1',
  'link-local.example': '169.254.3.4',
  'link-local-6.example': 'fe80::1',
  'metadata.example': '169.254.169.254',
  'wire-server.example': '168.63.129.16',
  'host.containers.internal': '169.254.1.2',
};

const lookUp: LookUp = async (name) => {
  const address = names[name.replace(/\.$/, '')];
  if (address === undefined) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
  return [{ address, family: address.includes(':') ? 6 : 4 }];
};

async function client(options: Partial<HttpOptions> = {}): Promise<HttpClient> {
  const patience = { firstDelay: 5, maximumDelay: 20, whenThrottled: 100, whenFailing: 50 };
  const signal = new AbortController().signal;
  const http = await createHttpClient({
    log: silentLog,
    signal,
    proxyEnv: {},
    retryPolicy: patience,
    lookUp,
    ...options,
  });
  open.push({ stop: () => http.close() });
  return http;
}

async function server(location?: string): Promise<FaultServer> {
  const started = await startFaultServer(({ path }) =>
    path === '/' && location !== undefined ? { status: 307, headers: { location } } : { status: 200, body: 'secret' },
  );
  open.push(started);
  return started;
}

async function errorOf(request: Omit<HttpRequest, 'method'>, options?: Partial<HttpOptions>) {
  return await (await client(options)).fetch({ method: 'GET', ...request }, 1000).then(
    () => 'answered',
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  );
}

const linkLocal = [
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/latest/meta-data/',
  'http://0xa9fea9fe/latest/meta-data/',
  'http://0xa9.0xfe.0xa9.0xfe/latest/meta-data/',
  'http://0251.0376.0251.0376/latest/meta-data/',
  'http://169.254.43518/latest/meta-data/',
  'http://169.254.10.20:8080/',
  'http://169.254.170.2/v2/credentials',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://[fd20:ce::254]/computeMetadata/v1/',
  'http://[::ffff:169.254.169.254]/latest/meta-data/',
  'http://[::ffff:a9fe:a9fe]/latest/meta-data/',
  'http://[::169.254.169.254]/latest/meta-data/',
  'http://[64:ff9b::a9fe:a9fe]/latest/meta-data/',
  'http://[2002:a9fe:a9fe::1]/latest/meta-data/',
  'http://168.63.129.16/machine?comp=goalstate',
  'http://100.100.100.200/latest/meta-data/',
  'http://192.0.0.192/opc/v2/',
  'http://metadata.example/computeMetadata/v1/',
  'http://link-local.example/',
  'http://link-local.example./',
  'http://link-local-6.example/',
  'http://wire-server.example/',
  'https://169.254.169.254/latest/meta-data/',
  'https://link-local.example/',
];

test.each(linkLocal)('a registry over http that redirects to %s is not followed', async (location) => {
  const registry = await server(location);
  const error = await errorOf({ url: new URL(registry.url) });
  expect(error).toMatch(/^registry-answer: Cannot follow .* (a link-local address|the metadata service of a cloud)\.$/);
  expect(error).toContain(registry.host);
  expect(registry.requests).toHaveLength(1);
});

test('a redirect by way of a harmless host is not followed to a link-local address either', async () => {
  const second = await server('http://169.254.169.254/latest/meta-data/');
  const first = await server(second.url);
  expect(await errorOf({ url: new URL(first.url) })).toMatch(/^registry-answer: Cannot follow/);
  expect(second.requests).toHaveLength(1);
});

test.each(['http://169.254.169.254/', 'http://[::ffff:169.254.169.254]/', 'http://metadata.example/'])(
  'a chart cannot name the metadata service %s as its registry',
  async (url) => {
    expect(await errorOf({ url: new URL(url) })).toMatch(/^registry-answer: Cannot access .* the metadata service/);
  },
);

/** What a connection would be made to; nothing is asked, because there may be somebody. */
async function addressFor(request: Pick<HttpRequest, 'url' | 'namedBy' | 'reach'>): Promise<string> {
  const asked = { method: 'GET', ...request } as const;
  const reach = await reachOf(asked, lookUp);
  checkAddress(asked, reach);
  return await new Promise((resolve, reject) => {
    guardedLookup(reach, lookUp)(request.url.hostname, {}, (error, address) =>
      error ? reject(error) : resolve(String(address)),
    );
  });
}

test("a registry at Podman's name for the machine, which is a link-local address, may be asked", async () => {
  expect(await addressFor({ url: new URL('http://host.containers.internal:5000/') })).toBe('169.254.1.2');
});

test.each(['127.0.0.1', 'own.example', '0.0.0.0', '[::ffff:127.0.0.1]', '2130706433', '127.1'])(
  'what a registry elsewhere names cannot lead to this machine as %s',
  async (host) => {
    const own = await server();
    const url = new URL(`http://${host}:${new URL(own.url).port}/`);
    const namedBy = new URL('http://registry.example/');
    expect(await errorOf({ url, namedBy })).toMatch(
      /^registry-answer: Cannot follow registry.example to .*this machine/,
    );
    expect(own.requests).toEqual([]);
  },
);

test('what a registry on this machine names may be on this machine, by whatever name', async () => {
  const own = await server();
  const url = new URL(`http://own.example:${new URL(own.url).port}/`);
  expect(await errorOf({ url, namedBy: new URL('http://local-registry.example/') })).toBe('answered');
});

test('a connection that was made for a request which may lead there is not used for one that may not', async () => {
  const own = await server();
  const url = new URL(`http://own.example:${new URL(own.url).port}/`);
  const http = await client();
  expect((await http.fetch({ method: 'GET', url }, 1000)).status).toBe(200);
  const named = { method: 'GET', url, namedBy: new URL('http://registry.example/') } as const;
  await expect(http.fetch(named, 1000)).rejects.toMatchObject({ code: 'registry-answer' });
  expect(own.requests).toHaveLength(1);
});

test('a name server that answers a check with one address and a connection with another gains nothing', async () => {
  const own = await server();
  let asked = 0;
  const rebinding: LookUp = async () => {
    asked += 1;
    return [{ address: asked === 1 ? '203.0.113.7' : '127.0.0.1', family: 4 }];
  };
  const url = new URL(`http://layers.example:${new URL(own.url).port}/layer`);
  const checkUrl = async () => void (await rebinding('layers.example'));
  expect(await errorOf({ url, checkUrl, reach: 'public' }, { lookUp: rebinding })).toMatch(/^denied: Cannot access/);
  expect([asked, own.requests.length]).toEqual([2, 0]);
});

test('of several addresses of a name only those are used that may be asked', async () => {
  const own = await server();
  const both: LookUp = async () => [
    { address: '169.254.169.254', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ];
  const url = new URL(`http://both.example:${new URL(own.url).port}/`);
  expect(await errorOf({ url, namedBy: new URL('http://127.0.0.1/') }, { lookUp: both })).toBe('answered');
});

test('the identity of the run may ask its own metadata service, and is not sent on from there', async () => {
  const own = await server('http://169.254.169.254/');
  const asked = { url: new URL(own.url), reach: 'any' } as const;
  expect(await errorOf(asked)).toMatch(/^registry-answer: Cannot follow/);
  expect(await addressFor({ url: new URL('http://metadata.example/'), reach: 'any' })).toBe('169.254.169.254');
});

test('a proxy is asked for names, and never for a link-local address that a registry names', async () => {
  const proxy = await startFaultServer(({ path }) =>
    path === 'http://registry.example/v2/'
      ? { status: 307, headers: { location: 'http://169.254.10.20/' } }
      : { status: 200 },
  );
  open.push(proxy);
  const error = await errorOf({ url: new URL('http://registry.example/v2/') }, { proxyEnv: { http_proxy: proxy.url } });
  expect(error).toMatch(/^registry-answer: Cannot follow registry.example to 169.254.10.20: it is a link-local/);
  expect(proxy.requests).toHaveLength(1);
});

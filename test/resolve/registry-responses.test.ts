import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Resolution } from '../../src/resolve/resolution.ts';
import { resolveImages } from '../../src/resolve/resolve.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { discovered, sourcesOf } from '../support/discovered.ts';
import { type FaultServer, type Reply, type SeenRequest, startFaultServer } from '../support/fault-server.ts';
import { type OpenOptions, openRegistries } from '../support/registries.ts';
import { standIn } from '../support/stand-in.ts';
import { type Answers, here, robot, rows, wrongPassword } from './registry-responses.ts';

const open: { stop(): Promise<void> | void }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

function answering({ head, get, ping, token }: Answers) {
  const heads = Array.isArray(head) ? head : [head];
  let asked = 0;
  return ({ method, path, headers }: SeenRequest): Reply => {
    const challenge = { 'www-authenticate': `Bearer realm="http://${headers.host}/token",service="s"` };
    if (path.startsWith('/token')) return token ?? { status: 404 };
    if (path === '/v2/') return ping ?? (token ? { status: 401, headers: challenge } : { status: 200, body: '{}' });
    if (method === 'GET' && get) return get;
    const reply = heads[Math.min(asked, heads.length - 1)] ?? 'hang-up';
    asked += 1;
    return reply;
  };
}

/** A server that stands for the host, and what was asked of it. */
async function served(answers: Answers, host: string | undefined): Promise<FaultServer> {
  const answer = answering(answers);
  const server = await startFaultServer((request) => {
    const reply = answer(request);
    return host === undefined || typeof reply === 'string' || !('status' in reply) ? reply : atHost(reply, host);
  });
  open.push(server);
  return server;
}

/** The challenge names the token server of the host that is stood for. */
function atHost(reply: Extract<Reply, { status: number }>, host: string): Reply {
  const challenge = reply.headers?.['www-authenticate'];
  if (typeof challenge !== 'string') return reply;
  return {
    ...reply,
    headers: { ...reply.headers, 'www-authenticate': challenge.replace(/http:\/\/[^/]+/, `https://auth.${host}`) },
  };
}

async function resolve(images: readonly string[], sources: readonly string[], options: OpenOptions = {}) {
  const { registries } = await openRegistries(options);
  open.push({ stop: () => registries.close() });
  const found = images.map((image) => discovered(image));
  return await resolveImages(found, sourcesOf(...sources), registries, { concurrency: 4 });
}

function verdictOf({ status, lookups }: Resolution): string {
  const [looked] = lookups;
  switch (looked?.result) {
    case 'absent':
      return `${status}: ${looked.reason}`;
    case 'unknown':
      return `${status}: ${looked.error.code}`;
    default:
      return status;
  }
}

describe('the result of a registry response', () => {
  test.each(rows.map((row) => [row.host === undefined ? row.when : `${row.host}: ${row.when}`, row] as const))(
    '%s',
    async (_, { answers, verdict, says = /./, asks, host, credential, key = 'a:1' }) => {
      const server = await served(answers, host);
      const names = host === 'docker.io' ? ['registry-1.docker.io', 'auth.docker.io'] : [`${host}`, `auth.${host}`];
      const { resolutions, findings } = await resolve([`x.example/${key}`], [host ?? server.host], {
        ...(credential ? { credential } : {}),
        ...(host === undefined ? {} : { network: (http) => standIn(http, names, server.url) }),
      });
      expect(resolutions.map(verdictOf)).toEqual([verdict]);
      expect(findings.map(({ code }) => code)).toEqual(verdict === 'found' ? [] : [verdict.split(':')[0]]);
      for (const { message, advice } of findings) {
        expect(message).toMatch(says);
        expect(advice).not.toBe('');
      }
      const asked = server.requests
        .filter(({ path }) => /^\/v2\/(library\/)?a\/manifests\//.test(path))
        .map(({ method }) => method);
      if (asks) expect(asked).toEqual(asks);
    },
  );

  test('the table has at least 60 rows', () => {
    expect(rows.length).toBeGreaterThanOrEqual(60);
  });
});

describe('a registry error is reported once and not once per image', () => {
  const images = Array.from({ length: 12 }, (_, index) => `i${index}:1`);

  test('when it refuses the credentials, which are not shown again and again', async () => {
    const server = await served({ head: here, token: wrongPassword }, undefined);
    const { resolutions, findings } = await resolve(images, [server.host], { credential: robot });
    expect(new Set(resolutions.map(verdictOf))).toEqual(new Set(['unknown: unauthorized']));
    expect(findings).toHaveLength(1);
    // Those that were asked for before the first refusal came back.
    expect(server.requests.filter(({ path }) => path.startsWith('/token')).length).toBeLessThanOrEqual(4);
  });

  test('when it asks to slow down until patience ends', async () => {
    const server = await served({ head: { status: 429, headers: { 'retry-after': '3600' } } }, undefined);
    const { findings } = await resolve(images, [server.host]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toMatch(/: \S+ \w+ 429\. They are i0:1, i1:1, /);
    expect(server.requests.filter(({ method }) => method === 'HEAD').length).toBeLessThanOrEqual(4);
  });
});

describe('a registry that cannot be spoken to', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates?.remove());

  test('because its name does not resolve', async () => {
    // RFC 6761: the name is never resolved.
    const { resolutions, findings } = await resolve(['a:1'], ['registry.invalid']);
    expect(resolutions.map(verdictOf)).toEqual(['unknown: network']);
    expect(findings[0]?.message).toContain('registry.invalid');
  });

  test('because its certificate is not trusted', async () => {
    const server = await startFaultServer(() => here, {
      tls: {
        certificate: readFileSync(certificates.certificate),
        key: readFileSync(certificates.key),
      },
    });
    open.push(server);
    const { resolutions, findings } = await resolve(['a:1', 'b:1'], [server.host]);
    expect(resolutions.map(verdictOf)).toEqual(['unknown: tls', 'unknown: tls']);
    expect(findings).toMatchObject([{ code: 'unknown', advice: expect.stringContaining('ca-file') }]);
  });

  test('because the response is not HTTP', async () => {
    const server = await noHttp();
    const { resolutions } = await resolve(['a:1'], [server]);
    expect(resolutions.map(verdictOf)).toEqual(['unknown: registry-answer']);
  });

  /** A port where something else answers than a web server. */
  async function noHttp(): Promise<string> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('data', () => socket.end('220 mail.example ESMTP\r\n'));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    open.push({
      stop: () => {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    });
    const address = server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }
});

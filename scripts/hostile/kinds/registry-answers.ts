import { createHttpClient } from '../../../src/core/http/http.ts';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import type { Registry } from '../../../src/registry/client/registry.ts';
import { createRegistries } from '../../../src/registry/client/registry-pool.ts';
import type { Credential } from '../../../src/registry/credentials/credential.ts';
import { traceOf } from '../../../test/support/credential-trace.ts';
import { headers as headerWords } from '../dictionary.ts';
import { FailedRun } from '../failed-run.ts';
import type { Opened } from '../kind.ts';
import { mutateBytes, mutateText } from '../mutate-text.ts';
import { type Json, mutateTree } from '../mutate-tree.ts';
import { planted, user } from '../planted.ts';
import type { Random } from '../random.ts';
import { startAnsweringServer } from './answering-server.ts';

/** One answer of the exchange: a head as lines, and a body. */
interface Answer {
  readonly request: string;
  readonly head: readonly string[];
  readonly body: string | Json;
}

const repository = 'release/a';

const manifest: Json = {
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [
    {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${'b'.repeat(64)}`,
      size: 500,
      platform: { os: 'linux', architecture: 'amd64' },
    },
  ],
  annotations: { a: 'b' },
};
const manifestText = JSON.stringify(manifest);
const digest = computeDigest(Buffer.from(manifestText));

/**
 * Places of the registry and of another host, which get their ports when the input is made: a port that is not the same
 * in each campaign would not give the same input.
 */
const places = { registry: '127.0.0.1:REGISTRY', stranger: '127.0.0.1:STRANGER' } as const;

/** What an honest registry with a token server answers. */
function honest(random: Random): readonly Answer[] {
  const bearer = `Bearer realm="http://${places.registry}/token",service="registry.test",scope="repository:${repository}:pull"`;
  // The password alone is refused here: what follows is the way of most registries.
  const challenge = random.once(5) ? 'Basic realm="registry"' : bearer;
  const isManifest = [`content-type: application/vnd.oci.image.index.v1+json`, `docker-content-digest: ${digest}`];
  const redirect = random.once(5) ? [`location: http://${places.stranger}/elsewhere`] : undefined;
  const ok = (request: string, head: readonly string[], body: string | Json): Answer => ({
    request,
    head:
      redirect !== undefined && !request.includes('token')
        ? ['HTTP/1.1 307 Temporary Redirect', ...redirect]
        : ['HTTP/1.1 200 OK', ...head],
    body,
  });
  const asked = `GET /v2/${repository}`;
  return [
    {
      request: 'GET /token',
      head: ['HTTP/1.1 200 OK', 'content-type: application/json'],
      body: { token: planted.token, expires_in: 300, issued_at: '2030-01-01T00:00:00Z' },
    },
    { request: 'POST /token', head: ['HTTP/1.1 200 OK'], body: { access_token: planted.token, refresh_token: 'x' } },
    {
      request: 'GET /v2/ ',
      head: [
        'HTTP/1.1 401 Unauthorized',
        `www-authenticate: ${challenge}`,
        'docker-distribution-api-version: registry/2.0',
      ],
      body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
    },
    ok(`HEAD /v2/${repository}/manifests/`, [...isManifest, `content-length: ${manifestText.length}`], ''),
    ok(`${asked}/manifests/`, isManifest, manifest),
    ok(
      `${asked}/tags/list`,
      ['content-type: application/json', `link: </v2/${repository}/tags/list?last=2>; rel="next"`],
      { name: repository, tags: ['1', '2'] },
    ),
    ok(
      `${asked}/referrers/`,
      ['content-type: application/vnd.oci.image.index.v1+json', 'oci-filters-applied: artifactType'],
      manifest,
    ),
  ];
}

/** One or two of the answers are broken, in head or body. */
function broken(answers: readonly Answer[], random: Random): ReadonlyMap<string, Buffer> {
  const picked = new Set([random.pick(answers), random.pick(answers)]);
  return new Map(
    answers.map((answer) => [
      answer.request,
      picked.has(answer) ? breakAnswer(answer, random) : bytesOf(answer.head, textOf(answer.body)),
    ]),
  );
}

function breakAnswer({ head, body }: Answer, random: Random): Buffer {
  switch (random.below(4)) {
    case 0: {
      const tree = typeof body === 'string' ? body : mutateTree(body, random);
      return bytesOf(head, textOf(tree));
    }
    case 1: {
      const lines = [...head];
      const at = random.below(lines.length);
      lines[at] = mutateText(lines[at] ?? '', random).slice(0, 16_384);
      if (random.once(3)) lines.push(random.pick(headerWords));
      return bytesOf(lines, textOf(body));
    }
    case 2: {
      const status = random.pick([
        100, 101, 204, 206, 300, 301, 302, 304, 400, 401, 403, 404, 405, 416, 429, 500, 502, 503, 599, 999,
      ]);
      return bytesOf(
        [`HTTP/1.1 ${status} ${random.pick(['x', '', headerWords[0] ?? ''])}`, ...head.slice(1), 'retry-after: 0'],
        textOf(body),
      );
    }
    default:
      return mutateBytes(bytesOf(head, textOf(body)).toString('latin1'), random);
  }
}

function textOf(body: string | Json): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function bytesOf(head: readonly string[], body: string): Buffer {
  const length = head.some((line) => /^content-length:/i.test(line))
    ? []
    : [`content-length: ${Buffer.byteLength(body)}`];
  return Buffer.from([...head, ...length, 'connection: close', '', body].join('\r\n'));
}

const operations: readonly (readonly [name: string, run: (registry: Registry) => Promise<unknown>])[] = [
  ['head', async (registry) => await registry.headManifest(repository, '1')],
  ['get', async (registry) => await registry.getManifest(repository, '1')],
  ['get by digest', async (registry) => await registry.getManifest(repository, digest)],
  ['tags', async (registry) => await registry.listTags(repository)],
  ['referrers', async (registry) => await registry.listReferrers(repository, digest)],
];

/** Waiting is not what is tried here, and the pauses of a run would be all of the campaign. */
const patience = { firstDelay: 1, maximumDelay: 2, whenThrottled: 4, whenFailing: 4 };

/** A registry and its token server, with a user's password, and another host that both may point at. */
export async function openRegistryAnswers(): Promise<Opened> {
  const [server, stranger] = [await startAnsweringServer(), await startAnsweringServer()];
  const placed = (answers: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> =>
    new Map(
      [...answers].map(([request, bytes]) => {
        const text = bytes.toString('latin1').replaceAll('REGISTRY', String(server.port));
        return [request, Buffer.from(text.replaceAll('STRANGER', String(stranger.port)), 'latin1')];
      }),
    );
  const credential: Credential = { kind: 'basic', username: user, password: planted.password };
  return {
    make(random) {
      const answers = placed(broken(honest(random), random));
      const elsewhere = bytesOf(['HTTP/1.1 200 OK', 'content-type: application/json'], manifestText);
      const [name, run] = random.pick(operations);
      return {
        input: Buffer.concat([
          Buffer.from(`${name}\n`),
          ...[...answers].flatMap(([request, bytes]) => [Buffer.from(`\n== ${request}\n`), bytes]),
        ]),
        async run() {
          server.answers = answers;
          stranger.answers = new Map([['', elsewhere]]);
          for (const each of [server, stranger]) each.requests.length = 0;
          const texts: string[] = [];
          const tell = (line: string) => void texts.push(line);
          const log = { debug: tell, info: tell, warning: tell };
          const signal = AbortSignal.timeout(60_000);
          const http = await createHttpClient({ log, signal, retryPolicy: patience, proxyEnv: {} });
          const host = `127.0.0.1:${server.port}`;
          const registries = createRegistries({
            log,
            http,
            credentials: { get: async () => credential },
            plainHttp: [],
            concurrency: 4,
            trace: traceOf({ explain: tell }),
          });
          try {
            const value = await run(registries.get(host));
            const error = errorIn(value);
            if (error !== undefined) throw error;
            return {
              outcome: `${name}: ${outcomeOf(value)}`,
              texts: [...texts, ...sent(server.requests, stranger.requests)],
            };
          } catch (thrown) {
            throw new FailedRun(thrown, [...texts, ...sent(server.requests, stranger.requests)]);
          } finally {
            await registries.close();
            await http.close();
          }
        },
      };
    },
    async close() {
      await server.close();
      await stranger.close();
    },
  };
}

/**
 * Requests without what belongs there: the password in the Authorization of this registry and of its token server,
 * wherever that is (a request with a `scope`), and the token that the registry itself gave, at the registry.
 */
function sent(own: readonly string[], strange: readonly string[]): readonly string[] {
  return [
    ...own.map(withoutAuthorization),
    ...strange.map((request) =>
      /^GET [^ ]*[?&](?:scope|service)=/.test(request) ? withoutAuthorization(request) : request,
    ),
  ];
}

function withoutAuthorization(request: string): string {
  return request.replace(/^authorization: .*$/im, '');
}

function errorIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'error' in value ? value.error : undefined;
}

function outcomeOf(value: unknown): string {
  if (value === undefined) return 'unknown path';
  return typeof value === 'object' && value !== null && 'result' in value ? String(value.result) : 'read';
}

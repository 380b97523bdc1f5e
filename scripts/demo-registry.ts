/**
 * A container registry in this process's memory, on a free loopback port: what the demo and tests pull from and push to
 * where no container engine is at hand. As much of the OCI distribution specification 1.1 as pull, push and tag lists
 * need, with the specification's own errors. Content is checked as strictly as real registries do.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripMediaTypeParameters } from '../src/core/oci/media-type.ts';
import { DemoStorage, Refusal } from './demo-storage.ts';

export interface DemoRegistry {
  /** `127.0.0.1:<port>`, as an image reference names it. */
  readonly host: string;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly { readonly method: string; readonly path: string }[];
  readonly storage: DemoStorage;
  stop(): Promise<void>;
}

export interface DemoRegistryOptions {
  readonly basicAuth?: { readonly username: string; readonly password: string };
}

/** The specification asks registries to take manifests of at least 4 MiB (distribution-spec, "Pushing Manifests"). */
const maximumManifestBytes = 4 * 2 ** 20;
/** More than any image of a demo; a registry in memory must not take the machine's. */
const maximumBlobBytes = 256 * 2 ** 20;

export async function startDemoRegistry(options: DemoRegistryOptions = {}): Promise<DemoRegistry> {
  const storage = new DemoStorage();
  const requests: { method: string; path: string }[] = [];
  const expected = options.basicAuth && basicAuthorization(options.basicAuth.username, options.basicAuth.password);

  const server = createServer((request, response) => {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://localhost');
    requests.push({ method, path: url.pathname + url.search });
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    const served =
      expected !== undefined && request.headers.authorization !== expected
        ? refuseStranger(response)
        : serve(storage, { method, path: url.pathname, query: url.searchParams, request, response });
    served.catch((thrown: unknown) => {
      const refusal = thrown instanceof Refusal ? thrown : new Refusal(500, 'UNKNOWN', String(thrown));
      const errors = [{ code: refusal.code, message: refusal.message }];
      // A refused upload may still be on its way: its rest must not be read as the connection's next request.
      if (!request.complete) response.setHeader('connection', 'close');
      answer(response, method, refusal.status, 'application/json', Buffer.from(JSON.stringify({ errors })));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on TCP always has an AddressInfo; only one on a pipe has a text.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    requests,
    storage,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The header of HTTP basic authentication. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function refuseStranger(response: ServerResponse): Promise<void> {
  response.setHeader('www-authenticate', 'Basic realm="demo"');
  throw new Refusal(401, 'UNAUTHORIZED', 'authentication required');
}

async function serve(storage: DemoStorage, exchange: Exchange): Promise<void> {
  const { method, path, response } = exchange;
  if (path === '/v2/') return answerJson(response, {});
  if (path === '/v2/_catalog') {
    const repositories = new Set(storage.tagged().map((name) => name.slice(0, name.lastIndexOf(':'))));
    return answerJson(response, { repositories: [...repositories] });
  }
  const match = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags)\/([^/]*)$/.exec(path);
  const [, name = '', kind, last = ''] = match ?? [];
  switch (`${method} ${kind}`) {
    case 'GET manifests':
    case 'HEAD manifests': {
      const { digest, mediaType, bytes } = storage.manifest(name, last);
      response.setHeader('docker-content-digest', digest);
      return answer(response, method, 200, mediaType, bytes);
    }
    case 'PUT manifests': {
      const bytes = await readBody(exchange.request, maximumManifestBytes);
      const mediaType = stripMediaTypeParameters(exchange.request.headers['content-type'] ?? '');
      const digest = storage.putManifest(name, last, mediaType, bytes);
      return answerCreated(response, `/v2/${name}/manifests/${digest}`, digest);
    }
    case 'GET blobs':
    case 'HEAD blobs':
      response.setHeader('docker-content-digest', last);
      return answer(response, method, 200, 'application/octet-stream', storage.blob(name, last));
    case 'POST blobs/uploads':
      return startUpload(storage, exchange, name);
    case 'GET blobs/uploads':
    case 'PATCH blobs/uploads':
    case 'PUT blobs/uploads':
      return continueUpload(storage, exchange, name, last);
    case 'GET tags':
      return answerJson(response, { name, tags: storage.tags(name) });
    default:
      throw new Refusal(kind === undefined ? 404 : 405, 'UNSUPPORTED', `${method} ${path} is not supported here`);
  }
}

/** POST: a mount, a whole blob in one request, or a session for PATCH and PUT. */
async function startUpload(storage: DemoStorage, { query, request, response }: Exchange, name: string): Promise<void> {
  const mounted = query.get('mount');
  if (mounted !== null && storage.mount(name, mounted, query.get('from') ?? '')) {
    return answerCreated(response, `/v2/${name}/blobs/${mounted}`, mounted);
  }
  const body = await readBody(request, maximumBlobBytes);
  const digest = query.get('digest');
  if (digest === null) return answerUpload(storage, response, name, storage.startUpload(), 202);
  storage.putBlob(name, digest, body);
  answerCreated(response, `/v2/${name}/blobs/${digest}`, digest);
}

/** GET: how far it is. PATCH: one more chunk. PUT: the last chunk, or none, and the digest of it all. */
async function continueUpload(storage: DemoStorage, exchange: Exchange, name: string, session: string): Promise<void> {
  const { method, query, request, response } = exchange;
  if (method === 'GET') return answerUpload(storage, response, name, session, 204);
  const first = /^(\d+)-\d+$/.exec(request.headers['content-range'] ?? '')?.[1];
  storage.append(session, await readBody(request, maximumBlobBytes), first === undefined ? undefined : Number(first));
  if (method === 'PATCH') return answerUpload(storage, response, name, session, 202);
  const digest = query.get('digest') ?? '';
  storage.finishUpload(session, name, digest);
  answerCreated(response, `/v2/${name}/blobs/${digest}`, digest);
}

function answerUpload(
  storage: DemoStorage,
  response: ServerResponse,
  name: string,
  session: string,
  status: 202 | 204,
): void {
  response.setHeader('location', `/v2/${name}/blobs/uploads/${session}`);
  response.setHeader('range', `0-${Math.max(0, storage.upload(session).length - 1)}`);
  response.writeHead(status).end();
}

function answerCreated(response: ServerResponse, location: string, digest: string): void {
  response.setHeader('location', location);
  response.setHeader('docker-content-digest', digest);
  response.writeHead(201).end();
}

function answerJson(response: ServerResponse, value: unknown): void {
  answer(response, 'GET', 200, 'application/json', Buffer.from(JSON.stringify(value)));
}

function answer(response: ServerResponse, method: string, status: number, mediaType: string, bytes: Buffer): void {
  response.writeHead(status, { 'content-type': mediaType, 'content-length': bytes.length });
  response.end(method === 'HEAD' ? undefined : bytes);
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Refusal(413, 'SIZE_INVALID', `more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

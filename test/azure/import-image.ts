/** What importImage does inside Azure: a copy from one store to another that the runner never sees. */
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import type { Principal, StandInRegistry, World } from './fake-azure.ts';

export interface ImportFault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

interface ImportRequest {
  readonly source?: {
    readonly resourceId?: string;
    readonly registryUri?: string;
    readonly sourceImage?: string;
    readonly credentials?: { readonly username?: string; readonly password?: string };
  };
  readonly targetTags?: readonly string[];
  readonly untaggedTargetRepositories?: readonly string[];
  readonly mode?: 'NoForce' | 'Force';
}

const mostManifests = 50;
const accept = Object.values(mediaTypes).join(', ');

/** The end of the last import into each registry: the store in it does not take the same content twice at once. */
const queues = new WeakMap<StandInRegistry, Promise<unknown>>();

export function importImage(
  body: string,
  target: StandInRegistry,
  principal: Principal,
  world: World,
): Promise<ImportFault | undefined> {
  const before = queues.get(target) ?? Promise.resolve();
  const work = before.then(() => carryOut(body, target, principal, world));
  queues.set(
    target,
    work.catch(() => {}),
  );
  return work;
}

async function carryOut(
  body: string,
  target: StandInRegistry,
  principal: Principal,
  world: World,
): Promise<ImportFault | undefined> {
  const {
    source = {},
    targetTags = [],
    untaggedTargetRepositories = [],
    mode = 'NoForce',
  } = JSON.parse(body) as ImportRequest;
  const from = world.registries.find(
    ({ resourceId, loginServer }) =>
      resourceId.toLowerCase() === source.resourceId?.toLowerCase() || loginServer === source.registryUri,
  );
  const [, repository, key] = /^([^:@]+)[:@](.+)$/.exec(source.sourceImage ?? '') ?? [];
  if (from === undefined || repository === undefined || key === undefined) {
    return { status: 400, code: 'InvalidParameters', message: 'The source image could not be found.' };
  }
  const mayRead =
    source.resourceId === undefined
      ? from.anonymousPull
      : world.allows(principal, 'Microsoft.ContainerRegistry/registries/pull/read', from.resourceId) ||
        world.dataActions(principal, from, repository).has('pull');
  if (!mayRead) return { status: 401, code: 'Unauthorized', message: `Not allowed to read ${source.sourceImage}.` };
  const root = await manifestAt(from, repository, key);
  if (root === undefined)
    return { status: 404, code: 'ManifestNotFound', message: `${source.sourceImage} does not exist.` };
  const tagged = targetTags
    .map((place) => /^([^:]+):(.+)$/.exec(place) ?? [])
    .map(([, name = '', tag = '']) => ({ name, tag }));
  if (mode === 'NoForce') {
    for (const { name, tag } of tagged) {
      if (await manifestAt(target, name, tag)) {
        return {
          status: 409,
          code: 'Conflict',
          message: `Tag ${name}:${tag} already exists in target registry. Use force if overwriting is intended.`,
        };
      }
    }
  }
  const all = await treeOf(root, from, repository);
  if (all.length > mostManifests) {
    return {
      status: 400,
      code: 'ManifestListSizeNotSupported',
      message: `An image of more than ${mostManifests} manifests cannot be imported.`,
    };
  }
  for (const { name, tag } of [...tagged, ...untaggedTargetRepositories.map((name) => ({ name, tag: root.digest }))]) {
    // Children first, as the store demands it.
    for (const manifest of all.toReversed())
      await copyManifest(manifest, from, repository, target, name, manifest === root ? tag : manifest.digest);
  }
  return undefined;
}

interface Held {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly parts: { readonly blobs: readonly string[]; readonly children: readonly string[] };
}

async function manifestAt(registry: StandInRegistry, repository: string, key: string): Promise<Held | undefined> {
  const answer = await fetch(`${registry.store.url}/v2/${repository}/manifests/${key}`, { headers: { accept } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status === 404) return undefined;
  const read = JSON.parse(bytes.toString()) as { config?: Part; layers?: readonly Part[]; manifests?: readonly Part[] };
  return {
    digest: answer.headers.get('docker-content-digest') ?? '',
    mediaType: answer.headers.get('content-type') ?? '',
    bytes,
    parts: {
      blobs: [...(read.config ? [read.config] : []), ...(read.layers ?? [])].map(({ digest }) => digest),
      children: (read.manifests ?? []).map(({ digest }) => digest),
    },
  };
}

interface Part {
  readonly digest: string;
}

async function treeOf(root: Held, registry: StandInRegistry, repository: string): Promise<readonly Held[]> {
  const children = await Promise.all(root.parts.children.map((digest) => manifestAt(registry, repository, digest)));
  const below = await Promise.all(children.map((child) => (child ? treeOf(child, registry, repository) : [])));
  return [root, ...below.flat()];
}

async function copyManifest(
  held: Held,
  from: StandInRegistry,
  repository: string,
  to: StandInRegistry,
  name: string,
  key: string,
): Promise<void> {
  for (const digest of held.parts.blobs) {
    const there = await fetch(`${to.store.url}/v2/${name}/blobs/${digest}`, { method: 'HEAD' });
    if (there.ok) continue;
    const content = await (await fetch(`${from.store.url}/v2/${repository}/blobs/${digest}`)).arrayBuffer();
    const started = await fetch(`${to.store.url}/v2/${name}/blobs/uploads/`, { method: 'POST' });
    const place = new URL(started.headers.get('location') ?? '', to.store.url);
    place.searchParams.append('digest', digest);
    await must(fetch(place, { method: 'PUT', body: content }));
  }
  await must(
    fetch(`${to.store.url}/v2/${name}/manifests/${key}`, {
      method: 'PUT',
      body: new Uint8Array(held.bytes),
      headers: { 'content-type': held.mediaType },
    }),
  );
}

async function must(sent: Promise<Response>): Promise<void> {
  const answer = await sent;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${text}`);
}

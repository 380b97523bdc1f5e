/** The sets of images that are copied: random bytes, put into a registry with plain fetch. */
import { createHash, randomFillSync } from 'node:crypto';

export interface ImageSet {
  readonly name: string;
  readonly images: number;
  /** Bytes of layers that all images share, and of those of each. */
  readonly shared: readonly number[];
  readonly own: readonly number[];
}

const mebibyte = 2 ** 20;

export const imageSets: Readonly<Record<'S' | 'M' | 'L', ImageSet>> = {
  S: { name: 'S', images: 60, shared: [40_000], own: [20_000, 10_000] },
  M: { name: 'M', images: 12, shared: [9, 9, 9].map(inBytes), own: [9, 9, 9].map(inBytes) },
  L: { name: 'L', images: 2, shared: [], own: [300, 300, 300].map(inBytes) },
};

function inBytes(mebibytes: number): number {
  return mebibytes * mebibyte;
}

export function repositoriesOf({ name, images }: ImageSet): readonly string[] {
  return Array.from({ length: images }, (_, number) => `set-${name.toLowerCase()}/image-${number}`);
}

/** Puts all images of a set into a registry under the tag `1`, each in a repository of its own. */
export async function fill(registryUrl: string, set: ImageSet): Promise<void> {
  const shared = set.shared.map(randomBytes);
  for (const repository of repositoriesOf(set)) {
    const layers = [];
    for (const layer of shared) layers.push(await putBlob(registryUrl, repository, layer));
    for (const size of set.own) layers.push(await putBlob(registryUrl, repository, randomBytes(size)));
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: { repository } },
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    });
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        ...(await putBlob(registryUrl, repository, Buffer.from(config))),
        mediaType: 'application/vnd.oci.image.config.v1+json',
      },
      layers: layers.map((layer) => ({ ...layer, mediaType: 'application/vnd.oci.image.layer.v1.tar' })),
    };
    await send(`${registryUrl}/v2/${repository}/manifests/1`, 'PUT', JSON.stringify(manifest), manifest.mediaType);
  }
}

function randomBytes(size: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(size);
  randomFillSync(bytes);
  return bytes;
}

async function putBlob(registryUrl: string, repository: string, bytes: Buffer<ArrayBuffer>) {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const started = await send(`${registryUrl}/v2/${repository}/blobs/uploads/`, 'POST');
  const place = new URL(started.headers.get('location') ?? '', registryUrl);
  place.searchParams.append('digest', digest);
  await send(place.href, 'PUT', bytes, 'application/octet-stream');
  return { digest, size: bytes.length };
}

async function send(url: string, method: string, body?: string | Buffer<ArrayBuffer>, contentType = 'text/plain') {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': contentType },
    ...(body === undefined ? {} : { body }),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}`);
  return answer;
}

/** Images with a layer that they only refer to, as base images of Windows have. */
import { computeDigest } from '../../src/core/oci/digest.ts';
import { makeImage, type TestBlob, type TestImage } from './images.ts';

export interface ForeignImage {
  /** Without the bytes of the foreign layer: a registry that holds it as it is made need not have them. */
  readonly image: TestImage;
  readonly layer: TestBlob;
}

/** The last of `layers` becomes a foreign one with these URLs. */
export async function makeForeignImage(options: {
  readonly seed?: string;
  readonly layers: readonly number[];
  readonly urls: (layer: TestBlob) => readonly string[];
  readonly mediaType?: string;
}): Promise<ForeignImage> {
  const {
    seed = 'windows',
    layers,
    urls,
    mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  } = options;
  const plain = await makeImage({ seed, layers, dockerMediaTypes: true });
  const layer = plain.blobs.at(-1);
  if (layer === undefined) throw new Error('an image without layers has no foreign one');
  // Written by makeImage a moment ago.
  const manifest = JSON.parse(Buffer.from(plain.bytes).toString()) as { readonly layers: readonly object[] };
  const foreign = { mediaType, digest: layer.digest, size: layer.bytes.length, urls: urls(layer) };
  const bytes = Buffer.from(JSON.stringify({ ...manifest, layers: [...manifest.layers.slice(0, -1), foreign] }));
  return { image: { ...plain, digest: computeDigest(bytes), bytes, blobs: plain.blobs.slice(0, -1) }, layer };
}

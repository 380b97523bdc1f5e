import { expect, test } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import { successors } from '../../../src/mirror/plan/manifest-children.ts';
import type { Manifest } from '../../../src/registry/client/registry.ts';
import { makeImage, makeIndex, type TestImage } from '../../support/images.ts';

function manifestOf(image: Pick<TestImage, 'bytes' | 'mediaType'>): Manifest {
  const bytes = Buffer.from(image.bytes);
  return { digest: computeDigest(bytes), mediaType: image.mediaType, size: bytes.length, bytes };
}

function written(json: unknown, mediaType: string = mediaTypes.ociManifest): Manifest {
  return manifestOf({ bytes: Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)), mediaType });
}

const hex = (letter: string) => `sha256:${letter.repeat(64)}`;
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: hex('c'), size: 2 };
const layer = { mediaType: layerType, digest: hex('a'), size: 10 };

test.each([false, true])('an image is made of its config and its layers (Docker media types: %s)', async (docker) => {
  const image = await makeImage({ layers: [5, 6], dockerMediaTypes: docker });
  expect(successors(manifestOf(image), 'x')).toEqual({
    kind: 'image',
    blobs: image.blobs.map(({ digest, bytes }) => ({ digest, size: bytes.length })),
    nonDistributable: [],
    layers: image.blobs.slice(1).map(({ digest }) => digest),
  });
});

test.each([false, true])('an index is made of all its manifests, attestations too (Docker: %s)', async (docker) => {
  const images = [await makeImage(), await makeImage({ platform: 'linux/arm64' })];
  const index = await makeIndex(images, { attestations: true, dockerMediaTypes: docker });
  const contents = successors(manifestOf(index), 'x');
  expect(contents).toEqual({
    kind: 'index',
    manifests: index.children.map((child) => child.digest),
    indexes: [],
    platforms: new Map(images.map(({ digest, platform }) => [digest, platform])),
  });
  expect(index.children).toHaveLength(4);
});

test('a blob that occurs twice is one blob', () => {
  const contents = successors(written({ schemaVersion: 2, config, layers: [layer, layer] }), 'x');
  expect(contents).toMatchObject({ blobs: [{ digest: hex('c') }, { digest: hex('a') }] });
});

test.each([
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
])('a layer that its license keeps out of registries stands apart, with where its bytes are (%s)', (mediaType) => {
  const foreign = { mediaType, digest: hex('f'), size: 10, urls: ['https://example.com/layer'] };
  const contents = successors(written({ schemaVersion: 2, config, layers: [foreign, layer] }), 'x');
  expect(contents).toEqual({
    kind: 'image',
    blobs: [
      { digest: hex('c'), size: 2 },
      { digest: hex('a'), size: 10 },
    ],
    nonDistributable: [{ digest: hex('f'), size: 10, urls: ['https://example.com/layer'] }],
    layers: [hex('f'), hex('a')],
  });
});

test('the parameters of a media type do not matter', () => {
  const manifest = written(
    { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [] },
    `${mediaTypes.ociManifest}; charset=utf-8`,
  );
  expect(successors(manifest, 'x').kind).toBe('image');
});

test.each([
  ['its media type', written({ schemaVersion: 1 }, mediaTypes.dockerSchema1Signed)],
  ['its content, whatever it is served as', written({ schemaVersion: 1, fsLayers: [] }, mediaTypes.dockerManifest)],
])('schema 1 is refused, known by %s', (_, manifest) => {
  expect(() => successors(manifest, 'r.io/a@x')).toThrow(
    expect.objectContaining({
      code: 'manifest-unsupported',
      message: 'Cannot copy r.io/a@x: it is a Docker schema 1 image.',
    }),
  );
});

test('what is neither image nor index is refused', () => {
  expect(() => successors(written({ schemaVersion: 2 }, 'application/json'), 'x')).toThrow(
    expect.objectContaining({ code: 'manifest-unsupported' }),
  );
});

test.each([
  ['it is not JSON', written('<html>')],
  ['layers', written({ schemaVersion: 2, config })],
  ['config.digest', written({ schemaVersion: 2, config: { ...config, digest: 'sha256:../../x' }, layers: [] })],
  ['layers.0.size', written({ schemaVersion: 2, config, layers: [{ ...layer, size: -1 }] })],
  ['layers.0.size', written({ schemaVersion: 2, config, layers: [{ ...layer, size: 1e300 }] })],
  ['manifests', written({ schemaVersion: 2 }, mediaTypes.ociIndex)],
  [
    'its content is an image, and it is served as application/vnd.oci.image.index.v1+json',
    written({ schemaVersion: 2, config, layers: [] }, mediaTypes.ociIndex),
  ],
  [
    'its content is an index, and it is served as application/vnd.oci.image.manifest.v1+json',
    written({ schemaVersion: 2, manifests: [] }),
  ],
  [
    'it declares the media type application/vnd.oci.image.index.v1+json and is served as application/vnd.oci.image.manifest.v1+json',
    written({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, config, layers: [], manifests: [] }),
  ],
])('a manifest that is none is refused, and the error says where: %s', (reason, manifest) => {
  expect(() => successors(manifest, 'r.io/a@x')).toThrow(
    expect.objectContaining({
      code: 'registry-answer',
      message: expect.stringContaining(`Cannot read the manifest r.io/a@x: ${reason}`),
    }),
  );
});

test('an index with a list that is null is made of nothing', () => {
  const contents = successors(written({ schemaVersion: 2, manifests: null }, mediaTypes.ociIndex), 'x');
  expect(contents).toMatchObject({ kind: 'index', manifests: [] });
});

test('an image with lists that are null is made of its configuration', () => {
  expect(successors(written({ schemaVersion: 2, config: { ...config, urls: null }, layers: null }), 'x')).toMatchObject(
    {
      kind: 'image',
      blobs: [{ digest: hex('c') }],
    },
  );
});

test('an index of more manifests than any image has is refused before one of them is requested', () => {
  const manifests = Array.from({ length: 1001 }, (_, index) => ({
    mediaType: mediaTypes.ociManifest,
    digest: `sha256:${index.toString(16).padStart(64, '0')}`,
    size: 2,
  }));
  const index = (count: number) =>
    written({ schemaVersion: 2, manifests: manifests.slice(0, count) }, mediaTypes.ociIndex);
  expect(successors(index(1000), 'x')).toMatchObject({ kind: 'index' });
  expect(() => successors(index(1001), 's.io/a:1')).toThrow(
    'Cannot copy s.io/a:1: its index lists 1001 manifests, and at most 1000 are supported.',
  );
});

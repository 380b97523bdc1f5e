import { expect, it } from 'vitest';
import { computeDigest } from '../../../src/core/oci/digest.ts';
import {
  isImageManifest,
  isIndex,
  isNonDistributableLayer,
  mediaTypes,
  stripMediaTypeParameters,
} from '../../../src/core/oci/media-type.ts';
import { formatPlatform, isAttestation } from '../../../src/core/oci/platform.ts';
import { canonicalRegistry, formatReference, manifestReference } from '../../../src/core/oci/registry-reference.ts';

const digest = computeDigest(Buffer.from('x'));

it('a reference to a registry is written the way every tool reads it', () => {
  expect(formatReference({ registry: 'r.io', repository: 'a/b', tag: '1', digest: undefined })).toBe('r.io/a/b:1');
  expect(formatReference({ registry: 'r.io', repository: 'a', tag: undefined, digest })).toBe(`r.io/a@${digest}`);
  expect(formatReference({ registry: 'r.io', repository: 'a', tag: '1', digest })).toBe(`r.io/a:1@${digest}`);
});

it('a manifest is asked for by its digest, else its tag, else latest', () => {
  const place = { registry: 'r.io', repository: 'a' };
  expect(manifestReference({ ...place, tag: '1', digest })).toBe(digest);
  expect(manifestReference({ ...place, tag: '1', digest: undefined })).toBe('1');
  expect(manifestReference({ ...place, tag: undefined, digest: undefined })).toBe('latest');
});

it('Docker Hub is known by each of its names, and a host in any case', () => {
  expect(canonicalRegistry('index.docker.io')).toBe('docker.io');
  expect(canonicalRegistry('registry-1.docker.io')).toBe('docker.io');
  expect(canonicalRegistry('MyReg.azurecr.io')).toBe('myreg.azurecr.io');
});

it('media types distinguish indexes, images, non-distributable layers and attestations', () => {
  expect([mediaTypes.ociIndex, mediaTypes.dockerList].every(isIndex)).toBe(true);
  expect([mediaTypes.ociManifest, mediaTypes.dockerManifest].every(isImageManifest)).toBe(true);
  expect(
    [mediaTypes.dockerSchema1, mediaTypes.dockerSchema1Signed].some((type) => isIndex(type) || isImageManifest(type)),
  ).toBe(false);
  expect(isNonDistributableLayer('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip')).toBe(true);
  expect(isNonDistributableLayer('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip')).toBe(true);
  expect(isNonDistributableLayer('application/vnd.oci.image.layer.v1.tar+gzip')).toBe(false);
  expect(isAttestation(formatPlatform({ os: 'unknown', architecture: 'unknown' }))).toBe(true);
  expect(isAttestation(formatPlatform({ os: 'linux', architecture: 'arm', variant: 'v7' }))).toBe(false);
});

it('the parameters of a content type are ignored', () => {
  expect(stripMediaTypeParameters('Application/JSON; charset=utf-8')).toBe('application/json');
});

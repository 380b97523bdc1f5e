/** Referrers as clients write them into a registry without the referrers API. Never through the code under test. */
import { computeDigest } from '../../src/core/oci/digest.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import { pushImage, type TestImage } from './images.ts';

/** The same image with another manifest as its subject. */
export function withSubject(referrer: TestImage, { digest, mediaType, bytes }: TestImage): TestImage {
  const json = JSON.parse(Buffer.from(referrer.bytes).toString());
  const own = Buffer.from(JSON.stringify({ ...json, subject: { mediaType, digest, size: bytes.length } }));
  return { ...referrer, bytes: own, digest: computeDigest(own) };
}

/** Pushes referrers of an image by digest, and their list under its referrers tag. */
export async function pushReferrers(
  registryUrl: string,
  repository: string,
  subject: TestImage,
  ...referrers: readonly TestImage[]
): Promise<void> {
  for (const referrer of referrers) await pushImage(registryUrl, repository, referrer.digest, referrer);
  const manifests = referrers.map(({ mediaType, digest, bytes }) => ({ mediaType, digest, size: bytes.length }));
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  const list = { mediaType: mediaTypes.ociIndex, bytes, digest: computeDigest(bytes), platform: undefined };
  await pushImage(registryUrl, repository, subject.digest.replace(':', '-'), { ...list, blobs: [], children: [] });
}

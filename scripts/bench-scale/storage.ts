/**
 * Fills the folder of a CNCF distribution that is not running yet: one file a blob, one small file a link, no requests.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { computeDigest } from '../../src/core/oci/digest.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import { repositoryOf, tag } from './charts.ts';

/** Images that are built on one base, as those of one team are. */
const imagesPerBase = 40;
const baseBytes = 20_000;
const ownBytes = 3_000;

/** `content` is distribution's `rootdirectory`. The same number of images is the same content. */
export function writeImages(content: string, images: number): void {
  const root = join(content, 'docker', 'registry', 'v2');
  for (let image = 0; image < images; image += 1) writeImage(root, image);
}

function writeImage(root: string, image: number): void {
  const repository = join(root, 'repositories', repositoryOf(image));
  const blob = (text: string): { readonly digest: string; readonly size: number } => {
    const bytes = Buffer.from(text);
    const digest = computeDigest(bytes);
    write(join(root, 'blobs', 'sha256', digest.slice(7, 9), digest.slice(7), 'data'), bytes);
    return { digest, size: bytes.length };
  };
  const part = (text: string, mediaType: string) => {
    const { digest, size } = blob(text);
    write(join(repository, '_layers', 'sha256', digest.slice(7), 'link'), digest);
    return { mediaType, digest, size };
  };
  const layers = [
    part(filler(`base ${image % imagesPerBase}`, baseBytes), 'application/vnd.oci.image.layer.v1.tar'),
    part(filler(`own ${image}`, ownBytes), 'application/vnd.oci.image.layer.v1.tar'),
  ];
  const config = part(
    JSON.stringify({ architecture: 'amd64', os: 'linux', image }),
    'application/vnd.oci.image.config.v1+json',
  );
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers };
  const { digest } = blob(JSON.stringify(manifest));
  const tagFolder = join(repository, '_manifests', 'tags', tag);
  write(join(repository, '_manifests', 'revisions', 'sha256', digest.slice(7), 'link'), digest);
  write(join(tagFolder, 'current', 'link'), digest);
  write(join(tagFolder, 'index', 'sha256', digest.slice(7), 'link'), digest);
}

function filler(seed: string, bytes: number): string {
  return seed.padEnd(bytes, `${seed} `);
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

import * as v from 'valibot';
import { ChartImagesError } from '../core/errors.ts';
import { type Digest, parseDigest } from '../core/oci/digest.ts';
import { isIndex } from '../core/oci/media-type.ts';
import { formatPlatform, isAttestation, type Platform } from '../core/oci/platform.ts';
import { formatReference, type RegistryReference } from '../core/oci/registry-reference.ts';
import type { Descriptor, Manifest, Registries, Registry } from '../registry/client/registry.ts';

/** Image configurations have a few kilobytes, or some hundred with long histories and labels. */
const maximumConfigBytes = 4 * 1024 * 1024;

// OCI image-spec image-index.md ("platform") and config.md use the same three fields.
const platformShape = v.object({ os: v.string(), architecture: v.string(), variant: v.optional(v.string()) });
const indexShape = v.object({ manifests: v.array(v.object({ platform: v.optional(platformShape) })) });
const imageShape = v.object({ config: v.object({ digest: v.string(), size: v.number() }) });

/**
 * Platforms of an image, from its index or its configuration. Throws the errors of the registry, and
 * `registry-answer`.
 */
export async function listPlatforms(
  location: RegistryReference,
  digest: Digest,
  registries: Registries,
): Promise<readonly Platform[]> {
  const registry = registries.at(location.registry);
  const whole = await registry.getManifest(location.repository, digest);
  if (!isIndex(whole.mediaType)) return [await platformOfImage(registry, location, whole)];
  const { manifests } = read(indexShape, whole.bytes, location);
  const offered = manifests.flatMap(({ platform }) => (platform === undefined ? [] : [formatPlatform(platform)]));
  return [...new Set(offered.filter((platform) => !isAttestation(platform)))];
}

/** `linux/arm64` matches any variant, `linux/arm/v7` only that one. */
export function matchesPlatform(offered: readonly Platform[], wanted: Platform): boolean {
  return offered.some((one) => one === wanted || one.startsWith(`${wanted}/`));
}

async function platformOfImage(registry: Registry, location: RegistryReference, manifest: Manifest): Promise<Platform> {
  const { config } = read(imageShape, manifest.bytes, location);
  const digest = parseDigest(config.digest);
  if (!digest.ok || config.size > maximumConfigBytes) throw strange(location, 'its configuration has no usable digest');
  const content = await readBlob(registry, location, { digest: digest.value, size: config.size });
  return formatPlatform(read(platformShape, content, location));
}

async function readBlob(registry: Registry, location: RegistryReference, blob: Descriptor): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await registry.getBlob(location.repository, blob)) {
    size += chunk.length;
    if (size > blob.size) throw strange(location, 'its configuration is larger than its manifest states');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Buffer,
  location: RegistryReference,
): v.InferOutput<Schema> {
  try {
    return v.parse(schema, JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw strange(location, cause instanceof Error ? cause.message : String(cause));
  }
}

function strange(location: RegistryReference, why: string): ChartImagesError {
  return new ChartImagesError('registry-answer', `Cannot read the image ${formatReference(location)}: ${why}.`, {
    advice: 'Push the image to its source again.',
  });
}

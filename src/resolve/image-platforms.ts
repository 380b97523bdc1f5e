import * as v from 'valibot';
import { ChartImagesError } from '../core/errors.ts';
import { type Digest, parseDigest } from '../core/oci/digest.ts';
import { isIndex } from '../core/oci/media-type.ts';
import { formatPlatform, isAttestation, matchesPlatform as matches, type Platform } from '../core/oci/platform.ts';
import { formatReference, type RegistryReference } from '../core/oci/registry-reference.ts';
import type { Descriptor, Manifest, Registries, Registry } from '../registry/client/registry.ts';

/** Image configurations have a few kilobytes, or some hundred with long histories and labels. */
const maximumConfigBytes = 4 * 1024 * 1024;

// OCI image-spec image-index.md ("platform") and config.md use the same three fields.
const platformShape = v.object({ os: v.string(), architecture: v.string(), variant: v.nullish(v.string()) });
const entryShape = v.object({ digest: v.string(), platform: v.nullish(platformShape) });
const indexShape = v.object({ manifests: v.nullable(v.array(entryShape)) });
const imageShape = v.object({ config: v.object({ digest: v.string(), size: v.number() }) });

/**
 * Platforms of an image, from its index or its configuration. Throws the errors of the registry, and
 * `registry-answer`.
 */
export async function listPlatforms(
  reference: RegistryReference,
  digest: Digest,
  registries: Registries,
): Promise<readonly Platform[]> {
  const registry = registries.get(reference.registry);
  const whole = await registry.getManifest(reference.repository, digest);
  if (!isIndex(whole.mediaType)) return [await platformOfImage(registry, reference, whole)];
  return [...new Set(entriesOf(whole, reference).map(({ platform }) => platform))];
}

/** A manifest in an index. */
export interface IndexEntry {
  readonly platform: Platform;
  readonly digest: Digest;
}

function entriesOf({ bytes }: Manifest, reference: RegistryReference): readonly IndexEntry[] {
  const { manifests } = read(indexShape, bytes, reference);
  return (manifests ?? []).flatMap(({ digest: text, platform: fields }) => {
    const digest = parseDigest(text);
    const platform = fields ? formatPlatform(fields) : '';
    return !digest.ok || platform === '' || isAttestation(platform) ? [] : [{ platform, digest: digest.value }];
  });
}

/**
 * The entries of an index for the wanted platforms whose manifests the registry no longer has. Empty for an image
 * without an index. Throws the errors of the registry.
 */
export async function lostPlatforms(
  reference: RegistryReference,
  digest: Digest,
  wanted: readonly Platform[],
  registries: Registries,
): Promise<readonly IndexEntry[]> {
  const registry = registries.get(reference.registry);
  const whole = await registry.getManifest(reference.repository, digest);
  if (!isIndex(whole.mediaType)) return [];
  const needed = entriesOf(whole, reference).filter(({ platform }) =>
    wanted.some((one) => matchesPlatform([platform], one)),
  );
  const heads = await Promise.all(needed.map((entry) => registry.headManifest(reference.repository, entry.digest)));
  return needed.filter((_, at) => heads[at]?.result === 'absent');
}

/** For an index that lists a manifest that its registry no longer has. */
export const lostPlatformAdvice =
  'Push the image again. Cleanup jobs that delete untagged versions (such as actions for GHCR) also delete the platforms of tagged images: exclude those.';

/** Whether one of the platforms matches. */
export function matchesPlatform(offered: readonly Platform[], wanted: Platform): boolean {
  return offered.some((one) => matches(one, wanted));
}

async function platformOfImage(
  registry: Registry,
  reference: RegistryReference,
  manifest: Manifest,
): Promise<Platform> {
  const { config } = read(imageShape, manifest.bytes, reference);
  const digest = parseDigest(config.digest);
  if (!digest.ok || config.size > maximumConfigBytes)
    throw strange(reference, 'its configuration has no usable digest');
  const content = await readBlob(registry, reference, { digest: digest.value, size: config.size });
  return formatPlatform(read(platformShape, content, reference));
}

async function readBlob(registry: Registry, reference: RegistryReference, blob: Descriptor): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await registry.getBlob(reference.repository, blob)) {
    size += chunk.length;
    if (size > blob.size) throw strange(reference, 'its configuration is larger than its manifest states');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Buffer,
  reference: RegistryReference,
): v.InferOutput<Schema> {
  try {
    return v.parse(schema, JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw strange(reference, cause instanceof Error ? cause.message : String(cause));
  }
}

function strange(reference: RegistryReference, why: string): ChartImagesError {
  return new ChartImagesError('registry-answer', `Cannot read the image ${formatReference(reference)}: ${why}.`, {
    advice: 'Push the image to its source again.',
  });
}

import * as v from 'valibot';
import { ChartImagesError, errorsOf } from '../errors.ts';
import type { Finding } from '../findings.ts';
import { parseDigest } from '../image/digest.ts';
import { formatLocation, type Location } from '../image/location.ts';
import { isIndex } from '../image/media-type.ts';
import { formatPlatform, isAttestation, type Platform } from '../image/platform.ts';
import { createLimit } from '../limit.ts';
import type { Blob, Manifest, Registries, Registry } from '../registry/registry.ts';
import type { Resolution, Resolutions } from './resolution.ts';
import type { ResolveOptions } from './resolve.ts';
import { clause, placesOfUse } from './wording.ts';

type Found = Extract<Resolution, { status: 'found' }>;

/** An image configuration has a few kilobytes; its history and labels may make it some hundred. */
const maximumConfigBytes = 4 * 1024 * 1024;

// OCI image-spec image-index.md ("platform") and config.md; a configuration names its platform by the same three fields.
const platformShape = v.object({ os: v.string(), architecture: v.string(), variant: v.optional(v.string()) });
const indexShape = v.object({ manifests: v.array(v.object({ platform: v.optional(platformShape) })) });
const imageShape = v.object({ config: v.object({ digest: v.string(), size: v.number() }) });

/**
 * Looks into each found image for the platforms it offers, and tells those that lack a wanted one. An image whose manifest can
 * not be read is `unknown`, never "lacks". Asks nothing when no platform is wanted. Throws only `cancelled`.
 */
export async function checkPlatforms(
  resolutions: readonly Resolution[],
  wanted: readonly Platform[],
  registries: Registries,
  { concurrency }: ResolveOptions,
): Promise<Resolutions> {
  if (wanted.length === 0) return { resolutions, findings: [] };
  const limit = createLimit(concurrency);
  const findings: Finding[][] = [];
  const looked = await Promise.all(
    resolutions.map((resolution, index) =>
      limit(async (): Promise<Resolution> => {
        if (resolution.status !== 'found') return resolution;
        try {
          const platforms = await platformsOf(resolution, registries);
          findings[index] = lacking(resolution, platforms, wanted);
          return { ...resolution, platforms };
        } catch (thrown) {
          const [error] = errorsOf(thrown);
          if (error === undefined || error.code === 'cancelled' || error.code === 'internal') throw thrown;
          findings[index] = [unreadable(resolution, error)];
          return resolution;
        }
      }),
    ),
  );
  return { resolutions: looked, findings: findings.flat() };
}

async function platformsOf({ candidate, manifest }: Found, registries: Registries): Promise<readonly Platform[]> {
  const registry = registries.at(candidate.location.registry);
  const { repository } = candidate.location;
  const whole = await registry.getManifest(repository, manifest.digest);
  if (!isIndex(whole.mediaType)) return [await platformOfImage(registry, candidate.location, whole)];
  const { manifests } = read(indexShape, whole.bytes, candidate.location);
  const offered = manifests.flatMap(({ platform }) => (platform === undefined ? [] : [formatPlatform(platform)]));
  return [...new Set(offered.filter((platform) => !isAttestation(platform)))];
}

async function platformOfImage(registry: Registry, location: Location, manifest: Manifest): Promise<Platform> {
  const { config } = read(imageShape, manifest.bytes, location);
  const digest = parseDigest(config.digest);
  if (!digest.ok || config.size > maximumConfigBytes) throw strange(location, 'its configuration has no usable digest');
  const content = await readBlob(registry, location, { digest: digest.value, size: config.size });
  return formatPlatform(read(platformShape, content, location));
}

async function readBlob(registry: Registry, location: Location, blob: Blob): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of await registry.getBlob(location.repository, blob)) {
    size += piece.length;
    if (size > blob.size) throw strange(location, 'its configuration is longer than its manifest says');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Buffer,
  location: Location,
): v.InferOutput<Schema> {
  try {
    return v.parse(schema, JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw strange(location, cause instanceof Error ? cause.message : String(cause));
  }
}

function strange(location: Location, why: string): ChartImagesError {
  return new ChartImagesError('registry-answer', `${formatLocation(location)} is not a valid image: ${why}.`, {
    advice: 'The image is broken in its source; push it there again.',
  });
}

/** `linux/arm64` asks for any variant of it, `linux/arm/v7` for just that one. */
function lacking({ image, candidate }: Found, offered: readonly Platform[], wanted: readonly Platform[]): Finding[] {
  const missing = wanted.filter((one) => !offered.some((other) => other === one || other.startsWith(`${one}/`)));
  if (missing.length === 0) return [];
  return [
    {
      code: 'platform',
      severity: 'warning',
      message: `${image.image}, used in ${placesOfUse(image)}, lacks ${missing.join(', ')}: ${formatLocation(candidate.location)} offers ${offered.join(', ') || 'no platform'}.`,
      advice: 'Use an image that was built for all of the platforms, or take the platform out of the input platforms.',
      image: image.image,
    },
  ];
}

function unreadable({ image, candidate }: Found, error: ChartImagesError): Finding {
  return {
    code: 'unknown',
    severity: 'error',
    message: `It could not be found out which platforms ${image.image}, used in ${placesOfUse(image)}, offers at ${formatLocation(candidate.location)}: ${clause(error.message)}.`,
    advice: error.advice,
    image: image.image,
  };
}

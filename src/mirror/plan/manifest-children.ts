import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { type Digest, parseDigest } from '../../core/oci/digest.ts';
import {
  isArtifactManifest,
  isImageManifest,
  isIndex,
  isNonDistributableLayer,
  mediaTypes,
  stripMediaTypeParameters,
} from '../../core/oci/media-type.ts';
import { formatPlatform, isAttestation, type Platform } from '../../core/oci/platform.ts';
import type { Descriptor, Manifest } from '../../registry/client/registry.ts';

/** Content that a repository needs before the manifest. Each digest once, in the order of the manifest. */
export type ManifestChildren =
  | {
      readonly kind: 'image';
      readonly blobs: readonly Descriptor[];
      readonly nonDistributable: readonly NonDistributableLayer[];
      /** Without the configuration. */
      readonly layers: readonly Digest[];
    }
  /** Platforms, nested indexes, and attestations. */
  | {
      readonly kind: 'index';
      readonly manifests: readonly Digest[];
      /** Those of the manifests that are indexes themselves. */
      readonly indexes: readonly Digest[];
      /** By digest. Attestations and nested indexes have none. */
      readonly platforms: ReadonlyMap<Digest, Platform>;
    };

/**
 * Maximum depth of nested indexes: one level is rare. Digests rule out cycles, and this bound rules out long chains.
 */
export const deepestIndex = 4;

/** The largest official images have about 40 manifests, attestations included. */
export const maximumManifests = 1000;

/** A non-distributable layer: its manifest lists URLs of its content. */
export interface NonDistributableLayer extends Descriptor {
  /** Untrusted: set by the image author. */
  readonly urls: readonly string[];
}

const platformShape = v.object({ os: v.string(), architecture: v.string(), variant: v.nullish(v.string()) });

const digest = v.pipe(
  v.string(),
  v.rawTransform<string, Digest>(({ dataset, addIssue, NEVER }) => {
    const parsed = parseDigest(dataset.value);
    if (parsed.ok) return parsed.value;
    addIssue({ message: parsed.reason });
    return NEVER;
  }),
);

// OCI image-spec descriptor.md: these properties are required. A copy needs no others.
const descriptor = v.object({
  mediaType: v.string(),
  digest,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  urls: v.nullish(v.array(v.string()), []),
  platform: v.nullish(v.fallback(v.optional(platformShape), undefined)),
});
// Go writes null for an empty list.
const indexShape = v.object({ manifests: v.nullable(v.array(descriptor)) });
const imageShape = v.object({ config: descriptor, layers: v.nullable(v.array(descriptor)) });
const artifactShape = v.object({ blobs: v.nullish(v.array(descriptor), []) });
// Artifact manifests have no schemaVersion.
const commonShape = v.object({ schemaVersion: v.optional(v.number()), mediaType: v.optional(v.string()) });

/**
 * Reads the children of a manifest. Throws `manifest-unsupported` for kinds that cannot be copied unchanged, and
 * `registry-answer` for malformed manifests. `where` names the manifest in errors.
 */
export function successors(manifest: Manifest, where: string): ManifestChildren {
  const json = parseJson(manifest, where);
  const common = check(commonShape, json, where);
  const mediaType = stripMediaTypeParameters(manifest.mediaType);
  if (common.schemaVersion === 1 || isSchema1(mediaType)) throw schema1(where);
  if (common.schemaVersion === undefined && !isArtifactManifest(mediaType)) {
    throw malformed(where, 'schemaVersion: it is missing');
  }
  // With two media types, the same bytes mean different images to different clients (CVE-2021-41190).
  if (common.mediaType !== undefined && common.mediaType !== mediaType) {
    throw wrongType(where, `it declares the media type ${common.mediaType} and is served as ${mediaType}`);
  }
  const form = formOf(json);
  if (form !== undefined && form !== (isIndex(mediaType) ? 'an index' : 'an image')) {
    throw wrongType(where, `its content is ${form}, and it is served as ${mediaType}`);
  }
  if (isIndex(mediaType)) {
    const manifests = check(indexShape, json, where).manifests ?? [];
    if (manifests.length > maximumManifests) throw tooManyManifests(where, manifests.length);
    const indexes = manifests.filter((child) => isIndex(stripMediaTypeParameters(child.mediaType)));
    const platforms = manifests.flatMap(({ digest, platform }) => {
      const text = platform ? formatPlatform(platform) : '';
      return text === '' || isAttestation(text) ? [] : [[digest, text] as const];
    });
    return {
      kind: 'index',
      manifests: digestsOf(manifests),
      indexes: digestsOf(indexes),
      platforms: new Map(platforms),
    };
  }
  if (isImageManifest(mediaType)) {
    const { config, layers: all } = check(imageShape, json, where);
    const layers = all ?? [];
    const isNonDistributable = ({ mediaType }: RawDescriptor) => isNonDistributableLayer(mediaType);
    return {
      kind: 'image',
      blobs: blobsOf([config, ...layers.filter((layer) => !isNonDistributable(layer))]),
      nonDistributable: nonDistributableLayersOf(layers.filter(isNonDistributable)),
      layers: digestsOf(layers),
    };
  }
  if (isArtifactManifest(mediaType)) {
    const { blobs } = check(artifactShape, json, where);
    return { kind: 'image', blobs: blobsOf(blobs ?? []), nonDistributable: [], layers: digestsOf(blobs ?? []) };
  }
  throw new ChartImagesError(
    'manifest-unsupported',
    `Cannot copy ${where}: ${mediaType} is not the media type of an image or an index.`,
    {
      advice: 'Reference an OCI or Docker image (manifest version 2, schema 2) instead.',
    },
  );
}

type RawDescriptor = v.InferOutput<typeof descriptor>;

function digestsOf(descriptors: readonly RawDescriptor[]): readonly Digest[] {
  return [...new Set(descriptors.map((one) => one.digest))];
}

function blobsOf(descriptors: readonly RawDescriptor[]): readonly Descriptor[] {
  return [...new Map(descriptors.map(({ digest, size }) => [digest, { digest, size }])).values()];
}

function nonDistributableLayersOf(descriptors: readonly RawDescriptor[]): readonly NonDistributableLayer[] {
  return [
    ...new Map(descriptors.map(({ digest, size, urls }) => [digest, { digest, size, urls: urls ?? [] }])).values(),
  ];
}

function parseJson(manifest: Manifest, where: string): unknown {
  try {
    return JSON.parse(manifest.bytes.toString('utf8'));
  } catch (cause) {
    throw malformed(where, 'it is not JSON', cause);
  }
}

function check<Schema extends v.GenericSchema>(shape: Schema, json: unknown, where: string): v.InferOutput<Schema> {
  const read = v.safeParse(shape, json, { abortEarly: true });
  if (read.success) return read.output;
  const [issue] = read.issues;
  throw malformed(where, `${v.getDotPath(issue) ?? 'the document'}: ${issue.message}`);
}

function tooManyManifests(where: string, count: number): ChartImagesError {
  return new ChartImagesError(
    'manifest-unsupported',
    `Cannot copy ${where}: its index lists ${count} manifests, and at most ${maximumManifests} are supported.`,
    { advice: 'Reference one of its parts instead. No container engine pulls such an image.' },
  );
}

function isSchema1(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed;
}

function schema1(where: string): ChartImagesError {
  return new ChartImagesError('manifest-unsupported', `Cannot copy ${where}: it is a Docker schema 1 image.`, {
    advice: 'Pull the image and push it again with a current Docker. Registries no longer accept schema 1.',
  });
}

const formShape = v.object({ manifests: v.optional(v.unknown()), config: v.optional(v.unknown()) });

/** What a manifest is by its content. Undefined if that is not clear. */
function formOf(json: unknown): 'an index' | 'an image' | undefined {
  const read = v.safeParse(formShape, json);
  if (!read.success) return undefined;
  const { manifests, config } = read.output;
  if (Array.isArray(manifests) === (config !== undefined)) return undefined;
  return config === undefined ? 'an index' : 'an image';
}

function wrongType(where: string, why: string): ChartImagesError {
  return new ChartImagesError('registry-answer', `Cannot read the manifest ${where}: ${why}.`, {
    advice:
      'Check the registry, or the proxy in front of it, which returns the wrong Content-Type. If another client gets the same, push the image to its source again.',
  });
}

function malformed(where: string, why: string, cause?: unknown): ChartImagesError {
  return new ChartImagesError('registry-answer', `Cannot read the manifest ${where}: ${why}.`, {
    advice: 'Push the image to its source again.',
    cause,
  });
}

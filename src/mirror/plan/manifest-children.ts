import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { type Digest, parseDigest } from '../../core/oci/digest.ts';
import {
  isImageManifest,
  isIndex,
  isNonDistributableLayer,
  mediaTypes,
  stripMediaTypeParameters,
} from '../../core/oci/media-type.ts';
import type { Descriptor, Manifest } from '../../registry/client/registry.ts';

/** What must be in a repository before the manifest itself. Each digest once, in the manifest's order. */
export type ManifestChildren =
  | { readonly kind: 'image'; readonly blobs: readonly Descriptor[]; readonly foreign: readonly ForeignLayer[] }
  /** All of them: platforms, nested indexes, and attestations, which are manifests as well. */
  | { readonly kind: 'index'; readonly manifests: readonly Digest[] };

/** Indexes inside each other: one level is rare, two unheard of. The digest rules out cycles; this rules out made-up chains. */
export const deepestIndex = 4;

/** A layer that its license keeps out of registries: its manifest says where else its bytes are. */
export interface ForeignLayer extends Descriptor {
  /** As the author of the image wrote them. */
  readonly urls: readonly string[];
}

const digest = v.pipe(
  v.string(),
  v.rawTransform<string, Digest>(({ dataset, addIssue, NEVER }) => {
    const parsed = parseDigest(dataset.value);
    if (parsed.ok) return parsed.value;
    addIssue({ message: parsed.reason });
    return NEVER;
  }),
);

// OCI image-spec descriptor.md: these properties are required; all others are none of a copy's business.
const descriptor = v.object({
  mediaType: v.string(),
  digest,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  urls: v.optional(v.array(v.string()), []),
});
const indexShape = v.object({ manifests: v.array(descriptor) });
const imageShape = v.object({ config: descriptor, layers: v.array(descriptor) });
const commonShape = v.object({ schemaVersion: v.number(), mediaType: v.optional(v.string()) });

/**
 * Reads what a manifest is made of. `where` names it in errors: `manifest-unsupported` for kinds that cannot be copied
 * unchanged, `registry-answer` for one that is not what it says to be.
 */
export function successors(manifest: Manifest, where: string): ManifestChildren {
  const json = parseJson(manifest, where);
  const common = check(commonShape, json, where);
  const mediaType = stripMediaTypeParameters(manifest.mediaType);
  if (common.schemaVersion === 1 || isSchema1(mediaType)) throw schema1(where);
  // Served as one kind and declared as another, the same bytes mean different images to different readers (CVE-2021-41190).
  if (common.mediaType !== undefined && common.mediaType !== mediaType) {
    throw malformed(where, `it declares the media type ${common.mediaType} and is served as ${mediaType}`);
  }
  if (isIndex(mediaType)) {
    const { manifests } = check(indexShape, json, where);
    return { kind: 'index', manifests: [...new Set(manifests.map((child) => child.digest))] };
  }
  if (isImageManifest(mediaType)) {
    const { config, layers } = check(imageShape, json, where);
    const isForeign = ({ mediaType }: RawDescriptor) => isNonDistributableLayer(mediaType);
    return {
      kind: 'image',
      blobs: blobsOf([config, ...layers.filter((layer) => !isForeign(layer))]),
      foreign: foreignLayersOf(layers.filter(isForeign)),
    };
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

function blobsOf(descriptors: readonly RawDescriptor[]): readonly Descriptor[] {
  return [...new Map(descriptors.map(({ digest, size }) => [digest, { digest, size }])).values()];
}

function foreignLayersOf(descriptors: readonly RawDescriptor[]): readonly ForeignLayer[] {
  return [...new Map(descriptors.map(({ digest, size, urls }) => [digest, { digest, size, urls }])).values()];
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

function isSchema1(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed;
}

function schema1(where: string): ChartImagesError {
  return new ChartImagesError('manifest-unsupported', `Cannot copy ${where}: it is a Docker schema 1 image.`, {
    advice: 'Pull the image and push it again with a current Docker. Registries no longer accept schema 1.',
  });
}

function malformed(where: string, why: string, cause?: unknown): ChartImagesError {
  return new ChartImagesError('registry-answer', `Cannot read the manifest ${where}: ${why}.`, {
    advice: 'Push the image to its source again.',
    cause,
  });
}

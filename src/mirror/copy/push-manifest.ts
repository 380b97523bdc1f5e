import { ChartImagesError, rootCause } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import { isIndex } from '../../core/oci/media-type.ts';
import type { Manifest, PutManifestResult } from '../../registry/client/registry.ts';
import { ResponseError } from '../../registry/client/registry-error.ts';
import { type NonDistributableLayer, successors } from '../plan/manifest-children.ts';
import { type CopyEndpoints, formatDigestReference } from './copy-endpoints.ts';
import type { NonDistributableLayerReader } from './non-distributable-layers.ts';
import { type SettleOptions, settle } from './settle.ts';

export interface PushContext extends SettleOptions {
  /** Undefined if foreign layers stay references. */
  readonly nonDistributable?: NonDistributableLayerReader | undefined;
}

/** Copies the parts of a manifest that the target does not have. Resolves to their number. */
export type RepairParts = (manifest: Manifest) => Promise<number>;

/**
 * Pushes a manifest. If the registry does not know a part that was uploaded before, checks all parts, uploads missing
 * ones again, and retries.
 */
export async function pushManifest(
  { from, to }: CopyEndpoints,
  key: string,
  manifest: Manifest,
  context: PushContext,
  repair: RepairParts,
): Promise<PutManifestResult> {
  const result = await settle(context, async (isLast) => {
    try {
      return await to.registry.putManifest(to.repository, key, manifest);
    } catch (error) {
      if (!(error instanceof ChartImagesError) || !isUnknownPart(error, manifest)) throw error;
      const repaired = isLast ? 0 : await repair(manifest);
      const foreign = context.nonDistributable === undefined ? foreignLayersOf(manifest) : [];
      if (repaired === 0 && foreign.length > 0)
        throw foreignLayersError(formatDigestReference(from, manifest.digest), foreign, error);
      if (isLast) throw error;
      return undefined;
    }
  });
  if (result === undefined) throw new Error('the last attempt neither returned nor threw');
  return result;
}

/** Codes for a manifest whose parts the registry does not have (OCI distribution-spec, "Error Codes"). */
const unknownPartCodes = new Set(['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN']);

function isUnknownPart(error: ChartImagesError, { mediaType }: Manifest): boolean {
  const root = rootCause(error);
  if (!(root instanceof ResponseError)) return false;
  // The parts of an index are manifests.
  return root.serverCodes.some(
    (code) => unknownPartCodes.has(code) || (code === 'MANIFEST_UNKNOWN' && isIndex(mediaType)),
  );
}

function foreignLayersOf(manifest: Manifest): readonly NonDistributableLayer[] {
  const contents = successors(manifest, manifest.digest);
  return contents.kind === 'image' ? contents.nonDistributable : [];
}

function foreignLayersError(
  where: string,
  layers: readonly { readonly digest: Digest }[],
  refusal: ChartImagesError,
): ChartImagesError {
  const names = layers.map(({ digest }) => digest).join(', ');
  const { code, message } = rootCause(refusal);
  return new ChartImagesError(
    code,
    `Cannot copy ${where}: the target does not accept an image without its foreign layers (${names}). ${message}`,
    { advice: 'Set include-foreign to copy the foreign layers too, if their license allows it.' },
  );
}

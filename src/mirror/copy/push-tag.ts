import { ChartImagesError, rootCause } from '../../core/errors.ts';
import { formatReference, manifestReference, type RegistryReference } from '../../core/oci/registry-reference.ts';
import { PushRefusedError } from '../../registry/client/push-error.ts';
import type { Manifest, ManifestDescriptor } from '../../registry/client/registry.ts';
import { ResponseError } from '../../registry/client/registry-error.ts';
import { hasDigest } from '../../registry/client/same-content.ts';
import type { OnExisting } from '../plan/plan.ts';
import type { CopyEndpoints } from './copy-endpoints.ts';
import { type PushContext, pushManifest, type RepairParts } from './push-manifest.ts';

export interface TagPush {
  readonly endpoints: CopyEndpoints;
  readonly reference: RegistryReference;
  readonly manifest: Manifest;
  readonly context: PushContext;
  readonly repair: RepairParts;
}

/**
 * Pushes a manifest under its tag. Unless `replace` is set, looks at the tag right before, because another job may have
 * pushed it since the plan. After a refusal, the tag may still have the content: immutable tags, parallel jobs, lost
 * responses.
 */
export async function pushTag(push: TagPush, onExisting: OnExisting): Promise<void> {
  const { endpoints, reference, manifest, context, repair } = push;
  const isMovable = reference.digest === undefined;
  if (isMovable && onExisting !== 'replace') {
    const before = await existing(push);
    if (before?.content === 'same') return;
    if (before?.content === 'other') throw tagExistsError(reference, before.found);
  }
  try {
    await pushManifest(endpoints, manifestReference(reference), manifest, context, repair);
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    const after = await existing(push);
    if (after?.content === 'same') return;
    if (after?.content === 'other' && isForTag(error, onExisting)) throw tagExistsError(reference, after.found, error);
    throw error;
  }
}

/** Undefined if the tag does not exist, or cannot be looked up. */
async function existing({ endpoints, reference, manifest }: TagPush) {
  const { registry, repository } = endpoints.to;
  const head = await registry.headManifest(repository, manifestReference(reference));
  if (head.result !== 'found') return undefined;
  const isSame = await hasDigest(registry, repository, head.value, manifest.digest);
  return { content: isSame ? 'same' : 'other', found: head.value } as const;
}

/**
 * Whether the tag is why it was refused: it is immutable, or appeared since the plan. Otherwise the tag was to be
 * replaced, and the response says why not.
 */
function isForTag(error: ChartImagesError, onExisting: OnExisting): boolean {
  const root = rootCause(error);
  if (root instanceof PushRefusedError) return root.refusal === 'immutable-tag';
  const isFinal = root instanceof ResponseError && root.status < 500 && ![401, 408, 429].includes(root.status);
  return isFinal && onExisting !== 'replace';
}

function tagExistsError(
  reference: RegistryReference,
  { digest }: ManifestDescriptor,
  refusal?: ChartImagesError,
): ChartImagesError {
  const refused = refusal === undefined ? '' : `, and the registry does not replace it: ${rootCause(refusal).message}`;
  return new ChartImagesError(
    'copy-failed',
    `Cannot push ${formatReference(reference)}: the tag has other content (${digest})${refused === '' ? '.' : refused}`,
    {
      advice:
        refusal === undefined
          ? 'Use a new tag, or set on-existing to skip or replace.'
          : 'Use a new tag: the registry does not allow this one to change.',
    },
  );
}

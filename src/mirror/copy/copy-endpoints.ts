import { ChartImagesError } from '../../core/errors.ts';
import type { Digest } from '../../core/oci/digest.ts';
import { formatReference, manifestReference, type RegistryReference } from '../../core/oci/registry-reference.ts';
import { type Registries, type RegistryReader, type RegistryWriter, writerOf } from '../../registry/client/registry.ts';
import { hasDigest } from '../../registry/client/same-content.ts';
import { type SettleOptions, settle } from './settle.ts';

/** One repository in one registry. */
export interface RepositoryHandle<R> {
  readonly registry: R;
  readonly repository: string;
}

/** Repositories that content is read from and written to. */
export interface CopyEndpoints {
  readonly from: RepositoryHandle<RegistryReader>;
  readonly to: RepositoryHandle<RegistryWriter>;
}

export function createEndpoints(from: RegistryReference, to: RegistryReference, registries: Registries): CopyEndpoints {
  return {
    from: { registry: registries.get(from.registry), repository: from.repository },
    to: { registry: writerOf(registries.get(to.registry)), repository: to.repository },
  };
}

/** `host/repository`, for messages and as a key. */
export function formatRepository({ registry, repository }: RepositoryHandle<{ readonly host: string }>): string {
  return `${registry.host}/${repository}`;
}

/** `host/repository@digest`, for messages and as a deduplication key. */
export function formatDigestReference(side: RepositoryHandle<{ readonly host: string }>, digest: string): string {
  return `${formatRepository(side)}@${digest}`;
}

/** Throws unless the target returns exactly this digest for the reference that was just pushed. */
export async function verifyPushed(
  registry: RegistryWriter,
  reference: RegistryReference,
  digest: Digest,
  options: SettleOptions,
): Promise<void> {
  const { repository } = reference;
  const look = () => registry.headManifest(repository, manifestReference(reference));
  // Replicas of a registry may have it a moment later.
  const response = await settle(options, async (isLast) => {
    const seen = await look();
    return seen.result === 'absent' && !isLast ? undefined : seen;
  });
  if (response === undefined) throw new Error('the last attempt returns its response');
  switch (response.result) {
    case 'found':
      if (await hasDigest(registry, repository, response.value, digest)) return;
      throw new ChartImagesError(
        'digest-mismatch',
        `Cannot verify ${formatReference(reference)}: it has the digest ${response.value.digest} after ${digest} was pushed.`,
        {
          advice:
            'Check whether another process writes to this tag, or the registry changes the content that it stores. Then run again.',
        },
      );
    case 'absent':
      throw new ChartImagesError(
        'registry-answer',
        `Cannot verify ${formatReference(reference)}: the registry accepted it but does not return it (${response.reason}).`,
        { advice: 'Run again. If the problem persists, check how the target registry handles new images.' },
      );
    case 'unknown':
      throw response.error;
  }
}

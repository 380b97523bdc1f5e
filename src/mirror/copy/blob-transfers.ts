import type { BlobPushResult, Descriptor, RegistryWriter } from '../../registry/client/registry.ts';
import type { RepositoryHandle } from './copy-endpoints.ts';

/** Uploads a blob to a repository, or mounts it from `mountFrom`. */
export type Transfer = (mountFrom: string) => Promise<TransferResult>;

export interface TransferResult {
  readonly pushResult: BlobPushResult;
  /** Bytes read from the source. */
  readonly bytes: number;
}

/**
 * Blobs of a run by target registry. The first image that needs a blob uploads it. An image that needs it in another
 * repository waits and mounts it from there, so that its bytes move once.
 */
export interface BlobTransfers {
  /** `localRepository`: a repository of the target's registry that is known to have the blob. */
  transfer(
    to: RepositoryHandle<RegistryWriter>,
    blob: Descriptor,
    localRepository: string | undefined,
    copy: Transfer,
  ): Promise<TransferResult>;
  /** Bytes that were already in the target or were mounted. */
  savedBytes(): number;
  /** Whether the last blob that was checked in a registry was missing: then the next one is likely missing too. */
  likelyMissing(host: string): boolean;
}

interface PendingTransfer {
  readonly repository: string;
  readonly flight: Promise<TransferResult>;
}

export function createBlobTransfers(): BlobTransfers {
  const transfers = new Map<string, PendingTransfer>();
  const absence = new Map<string, boolean>();
  let saved = 0;
  const counting = async (blob: Descriptor, transfer: Promise<TransferResult>): Promise<TransferResult> => {
    const completed = await transfer;
    saved += blob.size - completed.bytes;
    return completed;
  };
  return {
    savedBytes: () => saved,
    likelyMissing: (host) => absence.get(host) ?? true,
    async transfer({ registry, repository }, blob, localRepository, copy) {
      if (localRepository !== undefined) return await counting(blob, copy(localRepository));
      const key = `${registry.host} ${blob.digest}`;
      while (registry.supportsMount()) {
        const pending = transfers.get(key);
        if (pending === undefined) break;
        const completed = await pending.flight.then(
          () => true,
          () => false,
        );
        if (completed) return await counting(blob, copy(pending.repository));
        // The other transfer may have failed because of its source, so the first waiter tries again.
      }
      const flight = counting(blob, copy(repository));
      transfers.set(key, { repository, flight });
      try {
        const transfer = await flight;
        absence.set(registry.host, transfer.pushResult === 'uploaded');
        return transfer;
      } catch (error) {
        if (transfers.get(key)?.flight === flight) transfers.delete(key);
        throw error;
      }
    },
  };
}

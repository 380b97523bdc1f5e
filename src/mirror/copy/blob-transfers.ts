import type { BlobPushResult, Descriptor, RegistryWriter } from '../../registry/client/registry.ts';
import type { RepositoryHandle } from './copy-endpoints.ts';

/** Brings a blob into a repository, mounting it from another one of the registry where that has it. */
export type Transfer = (mountFrom: string) => Promise<TransferResult>;

export interface TransferResult {
  readonly pushResult: BlobPushResult;
  /** Moved from the source. */
  readonly bytes: number;
}

/**
 * Where the blobs of a run are in the target registries. The first image that needs a blob transfers it; an image that needs it in another
 * repository waits and mounts it from there, so that its bytes move once.
 */
export interface BlobTransfers {
  /** `near`: a repository of the target's registry that is known to have the blob already. */
  transfer(
    to: RepositoryHandle<RegistryWriter>,
    blob: Descriptor,
    localRepository: string | undefined,
    copy: Transfer,
  ): Promise<TransferResult>;
  /** Bytes that did not have to move, for the target had them or mounted them. */
  savedBytes(): number;
  /** Whether the last blob that a registry was asked for was not there: the next one will hardly be there either. */
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
        // The other one may have failed for reasons of its own (another source): the first waiter tries again.
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

import type { Readable } from 'node:stream';
import { readErrorText } from '../http/body.ts';
import { bodyFrom, rangeHeaders } from '../http/range.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { during, refused } from './refusal.ts';
import type { Blob } from './registry.ts';

/**
 * A stream of the blob's bytes from `offset` on, from wherever the registry sends us. Throws `not-found` when it is not
 * there.
 */
export async function getBlob(
  client: RegistryClient,
  repository: string,
  blob: Blob,
  offset: number,
): Promise<Readable> {
  const request = blobRequest(client, 'GET', repository, blob);
  // The digest in the path is what If-Range would say: other content under it does not get past the reader's hash.
  const { answer } = await client.open({ ...request, headers: rangeHeaders(offset) });
  const body = bodyFrom(answer, offset);
  if (body !== undefined) return body;
  const bytes = await readErrorText(answer);
  throw during(request.operation, refused({ ...answer, bytes }));
}

/** Asked for before a push, so with the right to push: one token serves both. */
export async function hasBlob(client: RegistryClient, repository: string, blob: Blob): Promise<boolean> {
  const request = blobRequest(client, 'HEAD', repository, blob);
  const { answer } = await client.read({ ...request, access: 'pull,push' }, 0);
  if (answer.status === 200) return true;
  if (answer.status === 404) return false;
  throw during(request.operation, refused(answer));
}

function blobRequest(client: RegistryClient, method: 'HEAD' | 'GET', repository: string, blob: Blob): RegistryRequest {
  const verb = method === 'HEAD' ? 'look up' : 'read';
  return {
    method,
    target: `/v2/${repository}/blobs/${blob.digest}`,
    repository,
    access: 'pull',
    operation: `${verb} ${client.host}/${repository}@${blob.digest}`,
  };
}

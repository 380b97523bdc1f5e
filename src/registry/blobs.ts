import { Readable } from 'node:stream';
import { readErrorText } from '../http/body.ts';
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
  const range = offset === 0 ? {} : { headers: { range: `bytes=${offset}-` } };
  const { answer } = await client.open({ ...request, ...range });
  if (answer.status === 200) return offset === 0 ? answer.body : Readable.from(without(answer.body, offset));
  if (answer.status === 206 && answer.headers['content-range']?.startsWith(`bytes ${offset}-`)) return answer.body;
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

/** What a server without ranges sends again. */
async function* without(body: AsyncIterable<Buffer>, skipped: number): AsyncGenerator<Buffer> {
  let left = skipped;
  for await (const piece of body) {
    if (left < piece.length) yield left === 0 ? piece : piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
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

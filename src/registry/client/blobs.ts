import type { Readable } from 'node:stream';
import { readErrorText } from '../../core/http/body.ts';
import { bodyFrom, rangeHeaders } from '../../core/http/range.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import type { Descriptor } from './registry.ts';
import { responseError, withOperation } from './registry-error.ts';

/**
 * A stream of the blob's bytes from `offset` on, from wherever the registry sends us. Throws `not-found` when it is not
 * there.
 */
export async function getBlob(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  offset: number,
): Promise<Readable> {
  const request = blobRequest(client, 'GET', repository, blob);
  // The digest in the path is what If-Range would say: other content under it does not get past the reader's hash.
  const { response } = await client.open({ ...request, headers: rangeHeaders(offset) });
  const body = bodyFrom(response, offset);
  if (body !== undefined) return body;
  const bytes = await readErrorText(response);
  throw withOperation(request.operation, responseError({ ...response, bytes }));
}

/** Asked for before a push, so with the right to push: one token serves both. */
export async function hasBlob(client: RegistryClient, repository: string, blob: Descriptor): Promise<boolean> {
  const request = blobRequest(client, 'HEAD', repository, blob);
  const { response } = await client.read({ ...request, access: 'pull,push' }, 0);
  if (response.status === 200) return true;
  if (response.status === 404) return false;
  throw withOperation(request.operation, responseError(response));
}

function blobRequest(
  client: RegistryClient,
  method: 'HEAD' | 'GET',
  repository: string,
  blob: Descriptor,
): RegistryRequest {
  const verb = method === 'HEAD' ? 'look up' : 'read';
  return {
    method,
    target: `/v2/${repository}/blobs/${blob.digest}`,
    repository,
    access: 'pull',
    operation: `${verb} ${client.host}/${repository}@${blob.digest}`,
  };
}

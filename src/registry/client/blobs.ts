import type { Readable } from 'node:stream';
import type { ChartImagesError } from '../../core/errors.ts';
import { discardBody, readErrorText } from '../../core/http/body.ts';
import { bodyFrom, rangeHeaders } from '../../core/http/range.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import type { Place } from './adaptive-limit.ts';
import type { RegistryClient } from './client.ts';
import type { RegistryRequest } from './guarded-exchange.ts';
import type { Descriptor } from './registry.ts';
import { ResponseError, responseError, withOperation } from './registry-error.ts';

/** A stream of the bytes of a blob from `offset`. Follows redirects. Throws `not-found` if it doesn't exist. */
export async function getBlob(
  client: RegistryClient,
  repository: string,
  blob: Descriptor,
  offset: number,
  place?: Place,
): Promise<Readable> {
  const request = blobRequest(client, 'GET', repository, blob);
  // If-Range is not needed: the path has the digest, and the reader verifies it.
  const { response } = await client.open({ ...request, headers: rangeHeaders(offset) }, place);
  const body = bodyFrom(response, offset);
  if (body !== undefined) return body;
  const bytes = await readErrorText(response);
  throw withOperation(request.operation, readError({ ...response, bytes }));
}

/** With push access, because it precedes a push: one token is enough for both. */
export async function hasBlob(client: RegistryClient, repository: string, blob: Descriptor): Promise<boolean> {
  const request = blobRequest(client, 'HEAD', repository, blob);
  const { response } = await client.read({ ...request, access: 'pull,push' }, 0);
  if (response.status === 200) return true;
  if (response.status === 404) return false;
  // A redirect to a storage, which happens only if the blob exists, may be signed for GET only.
  if (response.status === 403 && (await isReadable(client, repository, blob))) return true;
  throw withOperation(request.operation, responseError(response));
}

async function isReadable(client: RegistryClient, repository: string, blob: Descriptor): Promise<boolean> {
  const request = blobRequest(client, 'GET', repository, blob);
  const headers = { range: 'bytes=0-0' };
  const { response } = await client.open({ ...request, access: 'pull,push', headers });
  discardBody(response);
  return response.status === 200 || response.status === 206;
}

/** A blob is read only after a manifest that names it, so its repository exists. */
function readError(response: BufferedResponse): ChartImagesError {
  const error = responseError(response);
  if (response.status !== 404) return error;
  return new ResponseError({ code: error.code, message: error.message, advice: missingBlobAdvice }, response);
}

const missingBlobAdvice =
  'Push the image to its source again, or add another source: the registry has the manifest and not this layer, which a cleanup or garbage collection deleted.';

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

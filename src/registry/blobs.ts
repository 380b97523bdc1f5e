import type { Readable } from 'node:stream';
import { ChartImagesError } from '../errors.ts';
import type { WholeAnswer } from '../http/answer.ts';
import { readErrorText } from '../http/body.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { during, refused } from './refusal.ts';
import type { Blob } from './registry.ts';

/** Answers to uploads have no body worth reading; some registries send a page. */
const maximumAnswerBytes = 64 * 1024;

/** A stream of the blob's bytes, from wherever the registry sends us. Throws `not-found` when it is not there. */
export async function getBlob(client: RegistryClient, repository: string, blob: Blob): Promise<Readable> {
  const request = blobRequest(client, 'GET', repository, blob);
  const { answer } = await client.open(request);
  if (answer.status === 200) return answer.body;
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

/** Uploads a blob in one piece (OCI distribution-spec, "POST then PUT"). The content is consumed or destroyed in any case. */
export async function putBlob(
  client: RegistryClient,
  repository: string,
  blob: Blob,
  content: Readable,
): Promise<void> {
  const upload = {
    repository,
    access: 'pull,push',
    operation: `upload ${client.host}/${repository}@${blob.digest}`,
  } as const;
  try {
    const start = { ...upload, method: 'POST', target: `/v2/${repository}/blobs/uploads/` } as const;
    const { answer: started } = await client.read({ ...start, headers: { 'content-length': '0' } }, maximumAnswerBytes);
    // Allowed where the registry has the blob already.
    if (started.status === 201) return;
    if (started.status !== 202) throw during(upload.operation, refused(started));
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) };
    const close = { ...upload, method: 'PUT', target: closingUrl(started, blob), headers, body: content } as const;
    const { answer: closed } = await client.read(close, maximumAnswerBytes);
    if (closed.status !== 201) throw during(upload.operation, refused(closed));
  } finally {
    content.destroy();
  }
}

/**
 * The location may be relative, on another host, and have a query that is the upload's state: it is continued as text,
 * for a registry may not know its own state again when the query has been written anew.
 */
function closingUrl(started: WholeAnswer, blob: Blob): URL {
  const location = started.headers['location'] ?? '';
  if (location === '' || !URL.canParse(location, started.url.href)) {
    throw new ChartImagesError('registry-answer', `${started.url.host} starts an upload without saying where.`, {
      advice: 'Check that this is a registry that can be pushed to, or ask its operator.',
    });
  }
  const { href, search } = new URL(location, started.url);
  return new URL(`${href}${search === '' ? '?' : '&'}digest=${encodeURIComponent(blob.digest)}`);
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

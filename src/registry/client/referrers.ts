import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { type Digest, parseDigest } from '../../core/oci/digest.ts';
import { mediaTypes, stripMediaTypeParameters } from '../../core/oci/media-type.ts';
import type { RegistryClient } from './client.ts';
import { nextPage } from './pagination.ts';
import type { Referrer } from './registry.ts';
import { responseError, withOperation } from './registry-error.ts';

/** The bound of a manifest, which such a list is one of. */
const maximumPageBytes = 4 * 1024 * 1024;

/** Signatures of nightly builds over years come to hundreds. */
const maximumPages = 20;

// As records, which keep the order of their keys: a list that is written again is the same text.
const listShape = v.object({ manifests: v.array(v.record(v.string(), v.unknown())) });

/**
 * What refers to a manifest by its `subject` (OCI distribution-spec, "Listing Referrers"); undefined where the registry does
 * not have this API, which it must for a digest that nothing refers to.
 */
export async function listReferrers(
  client: RegistryClient,
  repository: string,
  digest: Digest,
): Promise<readonly Referrer[] | undefined> {
  const operation = `list what refers to ${client.host}/${repository}@${digest}`;
  const found: Referrer[] = [];
  let target: string | URL | undefined = `/v2/${repository}/referrers/${digest}`;
  for (let pages = 0; target !== undefined && pages < maximumPages; pages += 1) {
    const request = { method: 'GET', target, repository, access: 'pull', operation } as const;
    const { response } = await client.read({ ...request, headers: { accept: mediaTypes.ociIndex } }, maximumPageBytes);
    // Registries from before the API know no such path, or deny every path that they do not know: who may read the manifest
    // may read this too where it exists.
    if (pages === 0 && isUnknownPath(response)) return undefined;
    if (response.status !== 200) throw withOperation(operation, responseError(response));
    const page = referrersIn(response.bytes);
    if (page === undefined) throw notAList(response, operation);
    found.push(...page);
    target = nextPage(response);
  }
  // A list that is cut short would lose signatures without a word.
  if (target !== undefined) throw tooLong(client.host, operation);
  return found;
}

/** The referrers in an index, as a registry lists them or a fallback tag holds them; undefined when it is none. */
export function referrersIn(bytes: Buffer): readonly Referrer[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const read = v.safeParse(listShape, json);
  if (!read.success) return undefined;
  const referrers: Referrer[] = [];
  for (const descriptor of read.output.manifests) {
    const digest = parseDigest(String(descriptor['digest']));
    if (!digest.ok) return undefined;
    referrers.push({ digest: digest.value, descriptor });
  }
  return referrers;
}

function isUnknownPath({ status, headers }: BufferedResponse): boolean {
  if ([400, 401, 403, 404, 405, 501].includes(status)) return true;
  // Some give a web page to every path that they do not know.
  return status === 200 && stripMediaTypeParameters(headers['content-type'] ?? '') !== mediaTypes.ociIndex;
}

function tooLong(host: string, operation: string): ChartImagesError {
  const message = `Cannot ${operation}: ${host} lists more than ${maximumPages} pages.`;
  return new ChartImagesError('registry-answer', message, {
    advice: 'Delete attachments that are no longer needed, or set attachments to none.',
  });
}

function notAList({ url }: BufferedResponse, operation: string): ChartImagesError {
  return new ChartImagesError('registry-answer', `Could not ${operation}: ${url.host} answers with no list.`, {
    advice: 'Ask the operator of the registry, or set attachments to none.',
  });
}

import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { type Digest, parseDigest } from '../../core/oci/digest.ts';
import { mediaTypes, stripMediaTypeParameters } from '../../core/oci/media-type.ts';
import type { RegistryClient } from './client.ts';
import { nextPage } from './lists.ts';
import { maximumManifestBytes } from './manifests.ts';
import type { Access, Referrer } from './registry.ts';
import { responseError, withOperation } from './registry-error.ts';

/** The list is an index. */
const maximumPageBytes = maximumManifestBytes;

/** Several years of signed nightly builds have hundreds of referrers, and some registries list ten on a page. */
const maximumPages = 100;

// As records, which keep the order of the keys, so that a copied list is identical.
const listShape = v.object({ manifests: v.nullable(v.array(v.record(v.string(), v.unknown()))) });

/**
 * The referrers of a manifest (OCI distribution-spec, "Listing Referrers"). Undefined if the registry doesn't support
 * the API, with which it returns an empty list for a manifest without referrers. Throws `unauthorized` or `denied` if
 * it refuses the list, which registries without the API may do as well.
 */
export async function listReferrers(
  client: RegistryClient,
  repository: string,
  digest: Digest,
  access: Access = 'pull',
): Promise<readonly Referrer[] | undefined> {
  const operation = `list the referrers of ${client.host}/${repository}@${digest}`;
  const found: Referrer[] = [];
  let target: string | URL | undefined = `/v2/${repository}/referrers/${digest}`;
  for (let pages = 0; target !== undefined && pages < maximumPages; pages += 1) {
    const request = { method: 'GET', target, repository, access, operation } as const;
    const { response } = await client.read({ ...request, headers: { accept: mediaTypes.ociIndex } }, maximumPageBytes);
    if (pages === 0 && isUnknownPath(response)) return undefined;
    if (response.status !== 200) throw withOperation(operation, responseError(response));
    const page = referrersIn(response.bytes);
    if (page === undefined) throw notAList(response, operation);
    found.push(...page);
    target = nextPage(response);
  }
  // A truncated list would lose signatures silently.
  if (target !== undefined) throw tooLong(client.host, operation);
  return found;
}

/** The referrers in the index of the API or of a fallback tag. Undefined if it is not an index. */
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
  for (const descriptor of read.output.manifests ?? []) {
    const digest = parseDigest(String(descriptor['digest']));
    if (!digest.ok) return undefined;
    referrers.push({ digest: digest.value, descriptor });
  }
  return referrers;
}

function isUnknownPath({ status, headers }: BufferedResponse): boolean {
  if ([400, 404, 405, 501].includes(status)) return true;
  // Some return a web page for every unknown path.
  return status === 200 && stripMediaTypeParameters(headers['content-type'] ?? '') !== mediaTypes.ociIndex;
}

function tooLong(host: string, operation: string): ChartImagesError {
  const message = `Cannot ${operation}: the list of ${host} has more than ${maximumPages} pages.`;
  return new ChartImagesError('registry-answer', message, {
    advice: 'Delete attachments that are no longer needed, or set attachments to none.',
  });
}

function notAList({ url }: BufferedResponse, operation: string): ChartImagesError {
  return new ChartImagesError('registry-answer', `Cannot ${operation}: the response from ${url.host} is not a list.`, {
    advice: 'Ask the operator of the registry, or set attachments to none.',
  });
}

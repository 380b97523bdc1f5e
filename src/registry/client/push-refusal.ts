import type { BufferedResponse } from '../../core/http/response.ts';
import { mediaTypes, stripMediaTypeParameters } from '../../core/oci/media-type.ts';
import { dockerHub } from '../../core/oci/registry-reference.ts';
import { createRepositoryAdvice } from './create-repository.ts';
import { diskFullAdvice, serverErrors } from './registry-error.ts';

/** Content that was sent to a registry. */
export type PushedContent =
  | { readonly kind: 'blob' }
  /** `key`: a tag or a digest. */
  | { readonly kind: 'manifest'; readonly key: 'tag' | 'digest'; readonly mediaType: string };

/** Where it was sent to. `host` as in the inputs. */
export interface PushPlace {
  readonly host: string;
  readonly repository: string;
}

/** Why a registry refused content, if its response shows it. */
export type PushRefusal =
  | 'two-part-names'
  | 'cache'
  | 'disk-full'
  | 'quota'
  | 'read-only'
  | 'repository-missing'
  | 'body-limit'
  | 'immutable-tag'
  | 'media-type';

/** Characters of a response that are searched: the first error of a registry, or the page of a proxy. */
const searchedText = 4096;

/**
 * Registries have no common codes for these causes, so their texts decide where a status has several: Harbor and Quay
 * refuse by 403 what exceeds a quota, ECR returns 400 and Harbor 412 for an immutable tag.
 */
export function pushRefusal(
  response: BufferedResponse,
  { host, repository }: PushPlace,
  pushed: PushedContent,
): PushRefusal | undefined {
  const { status } = response;
  const errors = serverErrors(response.bytes);
  const codes = errors.map(({ code }) => code.toUpperCase());
  const text = response.bytes.subarray(0, searchedText).toString('utf8');
  if (host === dockerHub && repository.split('/').length !== 2 && [400, 401, 403, 404].includes(status))
    return 'two-part-names';
  if (/cache rule|aka\.ms\/acr\/cache|proxy (?:project|repositor)/i.test(text)) return 'cache';
  if (status === 507) return 'disk-full';
  if (status >= 500) return undefined;
  if (/quota|configured upper limit|storage (?:limit|resource|capacity)|over (?:its|the|your) .*limit/i.test(text))
    return 'quota';
  if (/read.?only|maintenance mode|modification is prohibited/i.test(text)) return 'read-only';
  if (isImmutable(status, text, pushed)) return 'immutable-tag';
  // distribution in its read-only mode.
  if (status === 405) return 'read-only';
  if (status === 413) return 'body-limit';
  if (status === 415 || isRefusedType(codes, text, pushed)) return 'media-type';
  if (
    /(?:project|repository|namespace)\b.*(?:not found|does(?: not|n't) exist)/i.test(text) ||
    codes.includes('NAME_UNKNOWN')
  )
    return 'repository-missing';
  return undefined;
}

function isImmutable(status: number, text: string, pushed: PushedContent): boolean {
  if (pushed.kind !== 'manifest' || pushed.key !== 'tag' || ![400, 403, 405, 409, 412].includes(status)) return false;
  if (status === 409 || status === 412) return true;
  return /immutab|already exists|overwrit|does not allow updating|locked|protected/i.test(text);
}

function isRefusedType(codes: readonly string[], text: string, pushed: PushedContent): boolean {
  return pushed.kind === 'manifest' && codes.includes('MANIFEST_INVALID') && /media ?type|unsupported/i.test(text);
}

export const twoPartNamesAdvice =
  'Set target to docker.io/<namespace>, and use images whose path is one name, or another registry as the target.';

/** One imperative sentence for the cause. */
export function pushAdvice(
  refusal: PushRefusal,
  { headers, bytes }: BufferedResponse,
  { host, repository }: PushPlace,
  pushed: PushedContent,
): string {
  switch (refusal) {
    case 'two-part-names':
      return twoPartNamesAdvice;
    case 'cache':
      return `Set another namespace in target: ${host}/${repository} is a cache of another registry (cache rule, proxy project), and cannot be pushed to.`;
    case 'disk-full':
      return diskFullAdvice;
    case 'quota':
      return 'Raise the storage quota of the project or account in the target, or delete images there. Credentials and permissions are not the cause.';
    case 'read-only':
      return 'Wait until the target registry is writable again, or turn off its read-only mode (maintenance, garbage collection).';
    case 'repository-missing':
      return createRepositoryAdvice(host, [repository]);
    case 'body-limit':
      return bodyLimitAdvice(headers['server'] ?? '', bytes.toString('utf8'));
    case 'immutable-tag':
      return 'Use a new tag, or allow the target to overwrite this one: its tags are immutable, locked, or protected.';
    case 'media-type':
      return mediaTypeAdvice(pushed);
  }
}

function bodyLimitAdvice(server: string, page: string): string {
  if (/nginx|openresty/i.test(`${server} ${page}`))
    return 'Set client_max_body_size to 0 in the nginx in front of the target registry (ingress-nginx: the annotation nginx.ingress.kubernetes.io/proxy-body-size: "0").';
  if (/cloudflare/i.test(`${server} ${page}`))
    return 'Access the target registry without the proxy of Cloudflare, which limits the size of a request.';
  return 'Raise the limit for the size of a request in the target registry or the proxy in front of it, or free its quota.';
}

const dockerTypes: ReadonlySet<string> = new Set([mediaTypes.dockerManifest, mediaTypes.dockerList]);

function mediaTypeAdvice(pushed: PushedContent): string {
  const mediaType = pushed.kind === 'manifest' ? stripMediaTypeParameters(pushed.mediaType) : '';
  return dockerTypes.has(mediaType)
    ? `Allow Docker manifests in the target (zot: http.compat), or push the image to its source with OCI media types: the target refuses ${mediaType}. A copy never changes a manifest.`
    : `Check which manifests the target accepts, or upgrade it: it refuses ${mediaType === '' ? 'this media type' : mediaType}.`;
}

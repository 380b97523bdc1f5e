import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse, HttpResponse } from '../../core/http/response.ts';
import { stripMediaTypeParameters } from '../../core/oci/media-type.ts';
import { dockerHub } from '../../core/oci/registry-reference.ts';
import type { RegistryResponse } from './client.ts';
import { notFoundReason } from './registry.ts';
import { responseError, serverErrors } from './registry-error.ts';
import { isAnonymousDenial } from './token.ts';

/** These answer 401 or 403 for a repository that does not exist, also to a good token, so as not to tell which do. */
const registriesHidingAbsence = new Set([dockerHub, 'ghcr.io', 'quay.io']);

const hidden = 'absent, or not visible to these credentials';

/** Codes with which a registry says that it has no such thing (OCI distribution-spec, "Error Codes"; Harbor's NOT_FOUND). */
const codesOfAbsence = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);

/**
 * Whether the answer to HEAD leaves open what GET may tell: a manifest without its digest, a name that may be refused or a
 * method that is not known (the reason is in the body, and HEAD has none), a page that only a web site writes.
 */
export function needsGet({ status, headers }: HttpResponse): boolean {
  if (status === 404) return isHtmlPage(headers['content-type']);
  return [200, 400, 405, 406, 501].includes(status);
}

/** Why an answer means that the manifest is not there; undefined where it does not mean that. */
export function absenceReason(
  host: string,
  { response, as, at }: RegistryResponse<BufferedResponse>,
): string | undefined {
  const { status, bytes } = response;
  const codes = serverErrors(bytes).map(({ code }) => code.toUpperCase());
  if (status === 401 || status === 403) return as !== 'none' && registriesHidingAbsence.has(host) ? hidden : undefined;
  if (status !== 400 && status !== 404) return undefined;
  // Harbor and Google's registries want a project before the name, and refuse the name of one that has none.
  if (codes.includes('NAME_INVALID')) return 'the registry allows no such name';
  if (codes.some((code) => codesOfAbsence.has(code))) return notFoundReason;
  return status === 404 && at === 'registry' && isRegistryResponse(response) ? notFoundReason : undefined;
}

/** Why a refusal by the token server means absence: it issues no token for a repository that does not exist (ghcr.io). */
export function absenceReasonFromToken(host: string, error: ChartImagesError): string | undefined {
  return registriesHidingAbsence.has(host) && isAnonymousDenial(error) ? hidden : undefined;
}

/** The error of an answer that holds no manifest and does not mean absence. */
export function lookupError({ response, at }: RegistryResponse<BufferedResponse>): ChartImagesError {
  if (response.status !== 404 || (at === 'registry' && isRegistryResponse(response))) return responseError(response);
  return new ChartImagesError(
    'registry-answer',
    `${response.url.host} answers 404 as a web site does, not as a registry.`,
    {
      advice: 'Check the spelling of the host; if it is right, ask its operator for the registry behind it.',
    },
  );
}

/** Proxies and web sites answer with pages; a registry answers in JSON, or with nothing at all. */
function isRegistryResponse({ headers, bytes }: BufferedResponse): boolean {
  return bytes.length === 0 || !isHtmlPage(headers['content-type']);
}

function isHtmlPage(contentType: string | undefined): boolean {
  return stripMediaTypeParameters(contentType ?? '') === 'text/html';
}

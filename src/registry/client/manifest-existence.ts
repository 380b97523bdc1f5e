import { ChartImagesError } from '../../core/errors.ts';
import type { BufferedResponse, HttpResponse } from '../../core/http/response.ts';
import { stripMediaTypeParameters } from '../../core/oci/media-type.ts';
import { dockerHub } from '../../core/oci/registry-reference.ts';
import type { RegistryResponse } from './client.ts';
import { notFoundReason } from './registry.ts';
import { responseError, serverErrors } from './registry-error.ts';
import { isAnonymousDenial, isNameNotAllowed } from './token.ts';

/** Return 401 or 403 for a missing repository, even with a valid token, to hide which repositories exist. */
const registriesHidingAbsence = new Set([dockerHub, 'ghcr.io', 'quay.io']);

const hidden = 'absent, or not visible to these credentials';

const nameNotAllowed = 'the registry does not allow this name';

/** Error codes that mean absence (OCI distribution-spec, "Error Codes", and Harbor's NOT_FOUND). */
const absenceCodes = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);

/**
 * Whether the response to HEAD is inconclusive: a manifest without digest, a rejected name or method (the reason is in
 * the body, which HEAD does not have), or an HTML page.
 */
export function needsGet({ status, headers }: HttpResponse): boolean {
  if (status === 404) return isHtmlPage(headers['content-type']);
  // A redirect to a storage may be signed for GET only. Registries deny with JSON.
  if (status === 403) return stripMediaTypeParameters(headers['content-type'] ?? '') !== 'application/json';
  return [200, 400, 405, 406, 501].includes(status);
}

/** Why a response means that the manifest doesn't exist. Undefined if it doesn't mean that. */
export function absenceReason(
  host: string,
  { response, as, apiVersion }: RegistryResponse<BufferedResponse>,
): string | undefined {
  const { status, bytes } = response;
  const codes = serverErrors(bytes).map(({ code }) => code.toUpperCase());
  if (status === 401 || status === 403) return as !== 'none' && registriesHidingAbsence.has(host) ? hidden : undefined;
  if (status !== 400 && status !== 404) return undefined;
  // Harbor and Google's registries reject names without a project.
  if (codes.includes('NAME_INVALID')) return nameNotAllowed;
  if (codes.some((code) => absenceCodes.has(code))) return notFoundReason;
  return status === 404 && apiVersion === 'v2' && isRegistryResponse(response) ? notFoundReason : undefined;
}

/** Why a token error means absence: the token server of ghcr.io issues no token for a missing repository. */
export function absenceReasonFromToken(host: string, error: ChartImagesError): string | undefined {
  if (isNameNotAllowed(error)) return nameNotAllowed;
  return registriesHidingAbsence.has(host) && isAnonymousDenial(error) ? hidden : undefined;
}

/** The error for a response that has no manifest and doesn't mean absence. */
export function lookupError({ response, apiVersion }: RegistryResponse<BufferedResponse>): ChartImagesError {
  if (response.status !== 404 || (apiVersion === 'v2' && isRegistryResponse(response))) return responseError(response);
  return new ChartImagesError('registry-answer', `${response.url.host} returned 404 as a website, not as a registry.`, {
    advice: 'Check the spelling of the host. If it is correct, ask its operator for the host of the registry.',
  });
}

/** Proxies and websites return HTML pages. A registry returns JSON, or an empty body. */
function isRegistryResponse({ headers, bytes }: BufferedResponse): boolean {
  return bytes.length === 0 || !isHtmlPage(headers['content-type']);
}

function isHtmlPage(contentType: string | undefined): boolean {
  return stripMediaTypeParameters(contentType ?? '') === 'text/html';
}

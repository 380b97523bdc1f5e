import { ChartImagesError } from '../errors.ts';
import type { Answer, WholeAnswer } from '../http/answer.ts';
import { dockerHub } from '../image/location.ts';
import { bareMediaType } from '../image/media-type.ts';
import type { Reply } from './client.ts';
import { refused, serverErrors } from './refusal.ts';
import { notThere } from './registry.ts';
import { isAnonymousRefusal } from './token.ts';

/** These answer 401 or 403 for a repository that does not exist, also to a good token, so as not to tell which do. */
const registriesThatHideAbsence = new Set([dockerHub, 'ghcr.io', 'quay.io']);

const hidden = 'absent, or not visible to these credentials';

/** Codes with which a registry says that it has no such thing (OCI distribution-spec, "Error Codes"; Harbor's NOT_FOUND). */
const codesOfAbsence = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);

/**
 * Whether the answer to HEAD leaves open what GET may tell: a manifest without its digest, a name that may be refused or a
 * method that is not known (the reason is in the body, and HEAD has none), a page that only a web site writes.
 */
export function tellsTooLittle({ status, headers }: Answer): boolean {
  if (status === 404) return isPage(headers['content-type']);
  return [200, 400, 405, 406, 501].includes(status);
}

/** Why an answer means that the manifest is not there; undefined where it does not mean that. */
export function absenceIn(host: string, { answer, as, at }: Reply<WholeAnswer>): string | undefined {
  const { status, bytes } = answer;
  const codes = serverErrors(bytes).map(({ code }) => code.toUpperCase());
  if (status === 401 || status === 403)
    return as !== 'nobody' && registriesThatHideAbsence.has(host) ? hidden : undefined;
  if (status !== 400 && status !== 404) return undefined;
  // Harbor and Google's registries want a project before the name, and refuse the name of one that has none.
  if (codes.includes('NAME_INVALID')) return 'the registry allows no such name';
  if (codes.some((code) => codesOfAbsence.has(code))) return notThere;
  return status === 404 && at === 'registry' && isRegistrysOwn(answer) ? notThere : undefined;
}

/** Why a refusal by the token server means absence: it gives nobody a token for a repository that does not exist (ghcr.io). */
export function absenceInRefusal(host: string, error: ChartImagesError): string | undefined {
  return registriesThatHideAbsence.has(host) && isAnonymousRefusal(error) ? hidden : undefined;
}

/** The error of an answer that holds no manifest and does not mean absence. */
export function troubleIn({ answer, at }: Reply<WholeAnswer>): ChartImagesError {
  if (answer.status !== 404 || (at === 'registry' && isRegistrysOwn(answer))) return refused(answer);
  return new ChartImagesError(
    'registry-answer',
    `${answer.url.host} answers 404 as a web site does, not as a registry.`,
    {
      advice: 'Check the spelling of the host; if it is right, ask its operator for the registry behind it.',
    },
  );
}

/** Proxies and web sites answer with pages; a registry answers in JSON, or with nothing at all. */
function isRegistrysOwn({ headers, bytes }: WholeAnswer): boolean {
  return bytes.length === 0 || !isPage(headers['content-type']);
}

function isPage(contentType: string | undefined): boolean {
  return bareMediaType(contentType ?? '') === 'text/html';
}

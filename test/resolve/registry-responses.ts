import { computeDigest } from '../../src/core/oci/digest.ts';
import { mediaTypes } from '../../src/core/oci/media-type.ts';
import type { Credential } from '../../src/registry/credentials/credential.ts';
import type { Reply } from '../support/fault-server.ts';

const manifest = Buffer.from(
  JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: {}, layers: [] }),
);
const digest = computeDigest(manifest);
const other = computeDigest(Buffer.from('other'));
export const head = {
  'content-type': mediaTypes.ociManifest,
  'content-length': String(manifest.length),
  'docker-content-digest': digest,
};
export const here: Reply = { status: 200, headers: head, body: manifest };
const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html; charset=utf-8' };
const page: Reply = { status: 200, headers: html, body: '<html>Sign in</html>' };
const soon = { 'retry-after': '0' };
export const robot: Credential = { kind: 'basic', username: 'robot', password: 'opensesame' };

/** An answer with the errors that a registry writes. */
function saying(status: number, code: string, message = ''): Reply {
  return { status, headers: json, body: JSON.stringify({ errors: [{ code, message }] }) };
}

/** What the registry answers; a list is given in order, its last one again and again. */
export interface Answers {
  readonly head: Reply | readonly Reply[];
  /** To GET; as to HEAD where it is not given. */
  readonly get?: Reply;
  /** To the ping of `/v2/`; 200, or 401 with a challenge where there is a token server. */
  readonly ping?: Reply;
  /** What the token server answers. */
  readonly token?: Reply;
}

export interface Row {
  readonly when: string;
  readonly answers: Answers;
  /** `found`, `absent: <reason>` or `unknown: <error code>`. */
  readonly verdict: string;
  /** What a reader is told of the cause. */
  readonly says?: RegExp;
  /** Methods that asked for the manifest, in order. */
  readonly asks?: readonly string[];
  /** Host that the server stands for. */
  readonly host?: 'docker.io' | 'ghcr.io' | 'quay.io' | 'registry.example';
  readonly credential?: Credential;
  /** The image asked for; `a:1` where nothing is said. */
  readonly key?: string;
}

export const token: Reply = { status: 200, headers: json, body: '{"token":"t"}' };
const hidden = 'absent: absent, or not visible to these credentials';
const refusedHere = { head: { status: 401 }, token } as const;
const deniedHere = { head: { status: 403 }, token } as const;
export const wrongPassword = saying(401, 'UNAUTHORIZED', 'incorrect username or password');

export const rows: readonly Row[] = [
  { when: 'the manifest is there', answers: { head: here }, verdict: 'found', asks: ['HEAD'] },
  ...[mediaTypes.ociIndex, mediaTypes.dockerList, mediaTypes.dockerManifest].map(
    (type): Row => ({
      when: `it is a ${type}`,
      answers: { head: { ...here, headers: { ...head, 'content-type': type } } },
      verdict: 'found',
      asks: ['HEAD'],
    }),
  ),
  {
    when: 'the type has parameters',
    answers: { head: { ...here, headers: { ...head, 'content-type': `${mediaTypes.ociManifest}; charset=utf-8` } } },
    verdict: 'found',
    asks: ['HEAD'],
  },
  { when: 'it is asked by its digest', answers: { head: here }, key: `a@${digest}`, verdict: 'found', asks: ['HEAD'] },
  {
    when: 'HEAD tells no digest',
    answers: { head: { status: 200, headers: { 'content-type': mediaTypes.ociManifest } }, get: here },
    verdict: 'found',
    asks: ['HEAD', 'GET'],
  },
  {
    when: 'HEAD tells a digest that is none',
    answers: { head: { status: 200, headers: { ...head, 'docker-content-digest': 'sha256:beef' } }, get: here },
    verdict: 'found',
    asks: ['HEAD', 'GET'],
  },
  {
    when: 'HEAD tells another digest than was asked for, and GET the right one',
    answers: { head: { status: 200, headers: { ...head, 'docker-content-digest': other } }, get: here },
    key: `a@${digest}`,
    verdict: 'found',
    asks: ['HEAD', 'GET'],
  },
  {
    when: 'other content is served under the digest',
    answers: { head: here },
    key: `a@${other}`,
    verdict: 'unknown: digest-mismatch',
    says: /has the digest .* instead of/,
  },
  {
    when: 'the content is not what its digest header says',
    answers: { head: { status: 200 }, get: { ...here, headers: { ...head, 'docker-content-digest': other } } },
    verdict: 'unknown: digest-mismatch',
  },
  ...[405, 501, 406].map(
    (status): Row => ({
      when: `HEAD is answered with ${status}, and GET with the manifest`,
      answers: { head: { status }, get: here },
      verdict: 'found',
      asks: ['HEAD', 'GET'],
    }),
  ),
  {
    when: 'HEAD is answered with 405, and GET with MANIFEST_UNKNOWN',
    answers: { head: { status: 405 }, get: saying(404, 'MANIFEST_UNKNOWN') },
    verdict: 'absent: not found',
    asks: ['HEAD', 'GET'],
  },
  {
    when: 'a manifest is kept as a mere file',
    answers: { head: { status: 200, headers: json }, get: { status: 200, headers: json, body: manifest } },
    verdict: 'found',
  },
  {
    when: 'the answer is a sign-in page',
    answers: { head: page },
    verdict: 'unknown: registry-answer',
    says: /not an image or index: its media type is text\/html/,
  },
  {
    when: 'the manifest is of schema 1',
    answers: { head: { ...here, headers: { ...head, 'content-type': mediaTypes.dockerSchema1Signed } } },
    verdict: 'unknown: manifest-unsupported',
  },
  {
    when: 'the manifest is longer than any',
    answers: { head: { status: 200 }, get: { status: 200, body: Buffer.alloc(4 * 1024 * 1024 + 1) } },
    verdict: 'unknown: registry-answer',
  },
  {
    when: 'the body breaks off',
    answers: { head: { status: 200 }, get: { halfOf: manifest, headers: head } },
    verdict: 'unknown: network',
  },

  // Absence (OCI distribution-spec, "Error Codes").
  { when: '404 has no body', answers: { head: { status: 404 } }, verdict: 'absent: not found', asks: ['HEAD'] },
  {
    when: '404 is JSON',
    answers: { head: saying(404, 'MANIFEST_UNKNOWN') },
    verdict: 'absent: not found',
    asks: ['HEAD'],
  },
  ...['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND'].map(
    (code): Row => ({
      when: `GET says ${code}`,
      answers: { head: { status: 400 }, get: saying(404, code) },
      verdict: 'absent: not found',
    }),
  ),
  ...[400, 404].map(
    (status): Row => ({
      when: `the registry does not allow the name (${status} NAME_INVALID)`,
      answers: { head: { status: 400 }, get: saying(status, 'NAME_INVALID') },
      verdict: 'absent: the registry does not allow this name',
    }),
  ),
  {
    when: '404 is a page, and GET says MANIFEST_UNKNOWN',
    answers: { head: { status: 404, headers: html }, get: saying(404, 'MANIFEST_UNKNOWN') },
    verdict: 'absent: not found',
    asks: ['HEAD', 'GET'],
  },
  {
    when: '404 is the page of a web site',
    answers: { head: { status: 404, headers: html, body: '<html>Not found</html>' } },
    verdict: 'unknown: registry-answer',
    says: /returned 404 as a website/,
  },
  {
    when: 'the host does not know /v2/ either',
    answers: { ping: { status: 404 }, head: { status: 404 } },
    verdict: 'unknown: registry-answer',
    says: /as a website, not as a registry/,
  },
  {
    when: 'the host does not know /v2/ and has the manifest all the same',
    answers: { ping: { status: 404 }, head: here },
    verdict: 'found',
  },
  {
    when: 'the request is called bad for another reason',
    answers: { head: { status: 400 }, get: saying(400, 'UNSUPPORTED', 'no') },
    verdict: 'unknown: registry-answer',
    says: /returned 400 \(UNSUPPORTED: no\)/,
  },

  // Refusals: Docker Hub, ghcr.io and quay.io answer so for what does not exist, after a good token.
  ...(['docker.io', 'ghcr.io', 'quay.io'] as const).flatMap((host): readonly Row[] => [
    { when: '401 after an anonymous token', host, answers: refusedHere, verdict: hidden },
    { when: '403 after an anonymous token', host, answers: deniedHere, verdict: hidden },
    { when: '401 after a token for good credentials', host, credential: robot, answers: refusedHere, verdict: hidden },
    {
      when: 'the token server refuses the credentials',
      host,
      credential: robot,
      answers: { head: here, token: wrongPassword },
      verdict: 'unknown: unauthorized',
      says: /the token server .* returned 401 \(UNAUTHORIZED: incorrect username or password\)/,
    },
  ]),
  {
    when: 'the token server gives nobody a token for a package that is not there',
    host: 'ghcr.io',
    answers: { head: here, token: saying(403, 'DENIED', 'requested access to the resource is denied') },
    verdict: hidden,
  },
  {
    when: 'the token server denies good credentials the repository',
    host: 'ghcr.io',
    credential: robot,
    answers: { head: here, token: saying(403, 'DENIED') },
    verdict: 'unknown: denied',
  },
  {
    when: 'it is down after it answered the ping',
    host: 'docker.io',
    answers: { head: { status: 503 }, token },
    verdict: 'unknown: registry-answer',
  },
  {
    when: 'its token server is down',
    host: 'docker.io',
    answers: { head: here, token: { status: 503 } },
    verdict: 'unknown: registry-answer',
    says: /token server .* returned 503/,
  },
  {
    when: 'its limit of pulls is used up',
    host: 'docker.io',
    answers: {
      head: { status: 429, headers: { ...soon, 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' } },
      token,
    },
    verdict: 'unknown: throttled',
    says: /returned 429 \(the limit is 100 pulls within 6 hours\)/,
  },
  {
    when: '401 after an anonymous token, from any other registry',
    host: 'registry.example',
    answers: refusedHere,
    verdict: 'unknown: unauthorized',
  },
  {
    when: '403 after a token for good credentials, from any other registry',
    host: 'registry.example',
    credential: robot,
    answers: deniedHere,
    verdict: 'unknown: denied',
  },
  {
    when: 'the token server of any other registry gives nobody a token',
    host: 'registry.example',
    answers: { head: here, token: saying(403, 'DENIED') },
    verdict: 'unknown: denied',
  },
  {
    when: 'a refresh token has expired (400 invalid_grant)',
    host: 'registry.example',
    credential: { kind: 'identity-token', token: 'old' },
    answers: {
      head: here,
      token: { status: 400, headers: json, body: '{"error":"invalid_grant","error_description":"expired"}' },
    },
    verdict: 'unknown: unauthorized',
    says: /invalid_grant: expired/,
  },
  {
    when: 'the token server answers without a token',
    host: 'registry.example',
    answers: { head: here, token: { status: 200, headers: json, body: '{}' } },
    verdict: 'unknown: registry-answer',
    says: /returned no token/,
  },
  {
    when: 'the token server answers with a page',
    host: 'registry.example',
    answers: { head: here, token: page },
    verdict: 'unknown: registry-answer',
    says: /returned no token/,
  },
  {
    when: 'the registry wants a kind of credential that is not known',
    answers: { ping: { status: 401, headers: { 'www-authenticate': 'Negotiate' } }, head: here },
    verdict: 'unknown: registry-answer',
    says: /offers negotiate/,
  },
  {
    when: 'a password is refused',
    credential: robot,
    answers: {
      ping: { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } },
      head: { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } },
    },
    verdict: 'unknown: unauthorized',
  },
  { when: '403 without a question for credentials', answers: { head: { status: 403 } }, verdict: 'unknown: denied' },

  // Now is not the time.
  ...[500, 502, 503, 504, 408, 499, 522].map(
    (status): Row => ({
      when: `${status} passes`,
      answers: { head: [{ status, headers: soon }, here] },
      verdict: 'found',
      asks: ['HEAD', 'HEAD'],
    }),
  ),
  ...[500, 502, 503, 522].map(
    (status): Row => ({
      when: `${status} stays`,
      answers: { head: { status } },
      verdict: 'unknown: registry-answer',
      says: new RegExp(`returned ${status}`),
    }),
  ),
  ...[408, 504].map(
    (status): Row => ({
      when: `${status} stays`,
      answers: { head: { status } },
      verdict: 'unknown: timeout',
    }),
  ),
  { when: '429 passes after Retry-After', answers: { head: [{ status: 429, headers: soon }, here] }, verdict: 'found' },
  {
    when: '429 passes without Retry-After',
    answers: { head: [{ status: 429 }, { status: 429 }, here] },
    verdict: 'found',
  },
  { when: '429 stays', answers: { head: { status: 429 } }, verdict: 'unknown: throttled', says: /returned 429/ },
  {
    when: 'Retry-After is longer than patience',
    answers: { head: { status: 429, headers: { 'retry-after': '86400' } } },
    verdict: 'unknown: throttled',
    asks: ['HEAD'],
  },
  {
    when: 'Retry-After is a date that has passed',
    answers: { head: [{ status: 503, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } }, here] },
    verdict: 'found',
  },
  { when: 'the connection is cut once', answers: { head: ['hang-up', here] }, verdict: 'found' },
  {
    when: 'the connection is cut again and again',
    answers: { head: 'hang-up' },
    verdict: 'unknown: network',
    says: /the host is unreachable/,
  },

  // Answers that no registry should give.
  ...[410, 418, 451].map(
    (status): Row => ({
      when: `${status}`,
      answers: { head: { status } },
      verdict: 'unknown: registry-answer',
    }),
  ),
  {
    when: 'a redirect leads nowhere',
    answers: { head: { status: 302 } },
    verdict: 'unknown: registry-answer',
  },
  {
    when: 'a redirect leads in a circle',
    answers: { head: { status: 307, headers: { location: '/v2/a/manifests/1' } } },
    verdict: 'unknown: registry-answer',
    says: /redirected more than/,
  },
  {
    when: 'a redirect leads to the manifest',
    answers: { head: [{ status: 307, headers: { location: '/elsewhere' } }, here] },
    verdict: 'found',
  },
];

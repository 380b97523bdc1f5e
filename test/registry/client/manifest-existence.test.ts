/** Which answers of a registry mean that an image is absent, and which leave it unknown: a red check or a retry. */
import { describe, expect, test } from 'vitest';
import { ChartImagesError } from '../../../src/core/errors.ts';
import type { BufferedResponse } from '../../../src/core/http/response.ts';
import { mediaTypes } from '../../../src/core/oci/media-type.ts';
import type { RegistryResponse } from '../../../src/registry/client/client.ts';
import {
  absenceReason,
  absenceReasonFromToken,
  lookupError,
  needsGet,
} from '../../../src/registry/client/manifest-existence.ts';
import { hasManifestForm } from '../../../src/registry/client/manifest-form.ts';

const html = { 'content-type': 'text/html; charset=utf-8' };
const json = { 'content-type': 'application/json' };

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly as?: RegistryResponse<BufferedResponse>['as'];
  readonly apiVersion?: RegistryResponse<BufferedResponse>['apiVersion'];
}

function answer({ status, headers = json, body = '', as = 'authenticated', apiVersion = 'v2' }: Answer) {
  const response = { status, headers, url: new URL('https://r.example/v2/a/manifests/1'), bytes: Buffer.from(body) };
  return { response, as, apiVersion };
}

const saying = (status: number, code: string): Answer => ({ status, body: JSON.stringify({ errors: [{ code }] }) });

describe('an image is absent', () => {
  const hidden = 'absent, or not visible to these credentials';

  test.each<[string, Answer, string | undefined]>([
    ['with an empty 404', { status: 404 }, 'not found'],
    ['with a 404 of JSON', { status: 404, body: '{}' }, 'not found'],
    ['not with a page of 404', { status: 404, headers: html, body: '<html>' }, undefined],
    ['with a page of 404 without a body', { status: 404, headers: html }, 'not found'],
    ['not with a 404 of a host without the API', { status: 404, apiVersion: 'none' }, undefined],
    ['with MANIFEST_UNKNOWN', saying(404, 'MANIFEST_UNKNOWN'), 'not found'],
    ['with name_unknown', saying(404, 'name_unknown'), 'not found'],
    ['with NOT_FOUND and 400', saying(400, 'NOT_FOUND'), 'not found'],
    [
      'with MANIFEST_UNKNOWN of a host without the API',
      { ...saying(404, 'MANIFEST_UNKNOWN'), apiVersion: 'none' },
      'not found',
    ],
    ['with a name that is not allowed', saying(400, 'NAME_INVALID'), 'the registry does not allow this name'],
    ['with a name that is not allowed and 404', saying(404, 'name_invalid'), 'the registry does not allow this name'],
    ['not with another bad request', saying(400, 'UNSUPPORTED'), undefined],
    ['not with a failure that names it', saying(500, 'MANIFEST_UNKNOWN'), undefined],
    ['not with a limit', { status: 429 }, undefined],
    ['not with a refusal', saying(401, 'MANIFEST_UNKNOWN'), undefined],
  ])('%s', (_, given, reason) => {
    expect(absenceReason('r.example', answer(given))).toBe(reason);
  });

  test.each<[string, number, NonNullable<Answer['as']>, string | undefined]>([
    ['docker.io', 401, 'anonymous', hidden],
    ['ghcr.io', 403, 'authenticated', hidden],
    ['quay.io', 401, 'authenticated', hidden],
    ['docker.io', 401, 'none', undefined],
    ['docker.io', 404, 'none', 'not found'],
    ['r.example', 401, 'authenticated', undefined],
    ['sub.docker.io', 401, 'authenticated', undefined],
  ])('or hidden at %s with %i as %s: %s', (host, status, as, reason) => {
    expect(absenceReason(host, answer({ status, as }))).toBe(reason);
  });

  test('not because a token server fails', () => {
    const error = new ChartImagesError('unauthorized', 'No.', { advice: '' });
    expect(absenceReasonFromToken('ghcr.io', error)).toBeUndefined();
  });
});

test.each([
  [200, json, true],
  [400, json, true],
  [405, json, true],
  [406, json, true],
  [501, json, true],
  [404, html, true],
  [404, json, false],
  [404, {}, false],
  [401, json, false],
  [500, json, false],
  [500, html, false],
])('HEAD with %i and %j is asked again by GET: %s', (status, headers: Record<string, string>, isAsked) => {
  expect(needsGet({ status, headers, url: new URL('https://r.example') })).toBe(isAsked);
});

test.each<[Answer, string]>([
  [{ status: 404, headers: html, body: '<html>' }, 'r.example returned 404 as a website, not as a registry.'],
  [{ status: 404, apiVersion: 'none' }, 'r.example returned 404 as a website, not as a registry.'],
  [{ status: 404 }, 'r.example returned 404.'],
  [{ status: 500, headers: html, body: '<html>' }, 'r.example returned 500.'],
])('an answer without a manifest (%j) is shown as what it is', (given, message) => {
  expect(lookupError(answer(given)).message).toBe(message);
});

describe('bytes are an image only in the form of their type', () => {
  const image = { schemaVersion: 2, config: {}, layers: [{}] };
  const index = { schemaVersion: 2, manifests: [] };

  test.each<[string, string, unknown, boolean]>([
    ['an image', mediaTypes.ociManifest, image, true],
    ['an image of Docker', mediaTypes.dockerManifest, image, true],
    ['an image without layers', mediaTypes.ociManifest, { schemaVersion: 2, config: {} }, false],
    ['an image without a configuration', mediaTypes.ociManifest, { schemaVersion: 2, layers: [] }, false],
    ['an image of another schema', mediaTypes.ociManifest, { ...image, schemaVersion: 1 }, false],
    ['an image whose layers are texts', mediaTypes.ociManifest, { ...image, layers: ['x'] }, false],
    ['an index', mediaTypes.ociIndex, index, true],
    ['a list of Docker', mediaTypes.dockerList, index, true],
    ['an index as an image', mediaTypes.ociManifest, index, false],
    ['an image as an index', mediaTypes.ociIndex, image, false],
    ['an index whose entries are numbers', mediaTypes.ociIndex, { ...index, manifests: [1] }, false],
    ['an artifact', mediaTypes.ociArtifact, { mediaType: mediaTypes.ociArtifact }, true],
    ['an artifact without its type', mediaTypes.ociArtifact, {}, false],
    ['a list', mediaTypes.ociManifest, [], false],
  ])('%s', (_, mediaType, content, isOne) => {
    expect(hasManifestForm(mediaType, Buffer.from(JSON.stringify(content)))).toBe(isOne);
  });

  test.each(['', '{', '\0'.repeat(100)])('never %j, whatever its type says', (text) => {
    for (const type of [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.ociArtifact]) {
      expect(hasManifestForm(type, Buffer.from(text))).toBe(false);
    }
  });
});

import * as v from 'valibot';
import { ChartImagesError, rootCause } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { computeDigest, type Digest, digestAlgorithm, parseDigest } from '../../core/oci/digest.ts';
import {
  isArtifactManifest,
  isImageManifest,
  isIndex,
  manifestAcceptTypes,
  mediaTypes,
  stripMediaTypeParameters,
} from '../../core/oci/media-type.ts';
import type { RegistryClient } from './client.ts';
import type { RegistryRequest } from './guarded-exchange.ts';
import { absenceReason, absenceReasonFromToken, lookupError, needsGet } from './manifest-existence.ts';
import { hasManifestForm } from './manifest-form.ts';
import { pushError } from './push-error.ts';
import type { Access, Lookup, Manifest, ManifestDescriptor, PutManifestResult } from './registry.ts';
import { responseError, withOperation } from './registry-error.ts';

/**
 * Twice the size that every registry must accept (OCI distribution-spec, "Pushing Manifests"): some accept more, and
 * other clients copy such manifests.
 */
export const maximumManifestBytes = 8 * 1024 * 1024;

/**
 * Uses HEAD, which doesn't count as a pull, and GET only if the response to HEAD is inconclusive: its digest header is
 * optional, and some registries generate it elsewhere. Throws only `cancelled`.
 */
export async function headManifest(
  client: RegistryClient,
  repository: string,
  key: string,
  access: Access = 'pull',
): Promise<Lookup<ManifestDescriptor>> {
  const found = await headManifestWith(client, repository, key, access);
  // Credentials that may not push can still see what the target has.
  return access === 'pull,push' && found.result === 'unknown' && isRefusal(found.error)
    ? await headManifestWith(client, repository, key, 'pull')
    : found;
}

function isRefusal(error: ChartImagesError): boolean {
  const { code } = rootCause(error);
  return code === 'unauthorized' || code === 'denied';
}

async function headManifestWith(
  client: RegistryClient,
  repository: string,
  key: string,
  access: Access,
): Promise<Lookup<ManifestDescriptor>> {
  const request = manifestRequest(client, 'HEAD', repository, key, access);
  try {
    let result = await client.read(request, 0);
    const descriptor = result.response.status === 200 ? descriptorIn(result.response, key) : undefined;
    if (descriptor !== undefined) return { result: 'found', value: descriptor };
    if (needsGet(result.response)) {
      result = await client.read({ ...request, method: 'GET' }, maximumManifestBytes);
      if (result.response.status === 200) {
        const name = nameOf(client, repository, key);
        const { digest, mediaType, size, bytes } = manifestIn(result.response, key, name);
        if (!hasManifestForm(mediaType, bytes)) throw malformed(name, mediaType);
        return { result: 'found', value: { digest, mediaType, size } };
      }
    }
    const reason = absenceReason(client.host, result);
    if (reason !== undefined) return { result: 'absent', reason };
    return { result: 'unknown', error: withOperation(request.operation, lookupError(result)) };
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    const reason = absenceReasonFromToken(client.host, error);
    return reason === undefined ? { result: 'unknown', error } : { result: 'absent', reason };
  }
}

/** Verifies the digest. Throws `manifest-unsupported`, `digest-mismatch`, and the errors of the response. */
export async function getManifest(
  client: RegistryClient,
  repository: string,
  key: string,
  access: Access = 'pull',
): Promise<Manifest> {
  const request = manifestRequest(client, 'GET', repository, key, access);
  const { response } = await client.read(request, maximumManifestBytes);
  if (response.status !== 200) throw withOperation(request.operation, responseError(response));
  return manifestIn(response, key, nameOf(client, repository, key));
}

function manifestIn(response: BufferedResponse, key: string, name: string): Manifest {
  const { bytes } = response;
  const mediaType = mediaTypeOf(response);
  if (mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed) {
    throw new ChartImagesError(
      'manifest-unsupported',
      `Cannot copy ${name}: its manifest has the deprecated schema 1.`,
      {
        advice: 'Pull the image and push it again with a current version of docker, which writes schema 2.',
      },
    );
  }
  const expected = parseDigest(parseDigest(key).ok ? key : (response.headers['docker-content-digest'] ?? ''));
  const digest = computeDigest(bytes, expected.ok ? digestAlgorithm(expected.value) : 'sha256');
  if (expected.ok && expected.value !== digest) throw mismatch(name, expected.value, digest);
  if (!isManifestType(mediaType)) throw notAManifest(name, mediaType);
  return { digest, mediaType, size: bytes.length, bytes };
}

/** The Content-Type or, from servers of static files, the `mediaType` in the manifest. */
function mediaTypeOf({ headers, bytes }: BufferedResponse): string {
  const served = stripMediaTypeParameters(headers['content-type'] ?? '');
  if (served !== '' && !staticFileTypes.has(served)) return served;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), mediaTypeShape), bytes.toString('utf8'));
  return parsed.success ? parsed.output.mediaType : served;
}

const staticFileTypes = new Set(['application/json', 'application/octet-stream', 'text/plain', 'binary/octet-stream']);

const mediaTypeShape = v.object({ mediaType: v.string() });

function isManifestType(mediaType: string): boolean {
  return isIndex(mediaType) || isImageManifest(mediaType) || isArtifactManifest(mediaType);
}

/** 201 by the specification. Google's registries return 200, and Quay 202. */
const acceptedStatuses = new Set([200, 201, 202]);

/** Sends the bytes unchanged. Throws `digest-mismatch` if the response has a different digest. */
export async function putManifest(
  client: RegistryClient,
  repository: string,
  key: string,
  manifest: Manifest,
): Promise<PutManifestResult> {
  const name = nameOf(client, repository, key);
  const request: RegistryRequest = {
    method: 'PUT',
    target: `/v2/${repository}/manifests/${key}`,
    repository,
    access: 'pull,push',
    headers: { 'content-type': manifest.mediaType },
    body: manifest.bytes,
    operation: `push the manifest ${name}`,
  };
  const { response } = await client.read(request, maximumManifestBytes);
  if (!acceptedStatuses.has(response.status)) {
    const pushed = {
      kind: 'manifest',
      key: parseDigest(key).ok ? 'digest' : 'tag',
      mediaType: manifest.mediaType,
    } as const;
    throw pushError(request.operation, response, { host: client.host, repository }, pushed);
  }
  const stored = parseDigest(response.headers['docker-content-digest'] ?? '');
  const comparable = stored.ok && digestAlgorithm(stored.value) === digestAlgorithm(manifest.digest);
  if (comparable && stored.value !== manifest.digest) throw mismatch(name, manifest.digest, stored.value);
  const subject = parseDigest(response.headers['oci-subject'] ?? '');
  return { subject: subject.ok ? subject.value : undefined };
}

function manifestRequest(
  client: RegistryClient,
  method: 'HEAD' | 'GET',
  repository: string,
  key: string,
  access: Access,
): RegistryRequest {
  const verb = method === 'HEAD' ? 'look up' : 'read the manifest';
  return {
    method,
    target: `/v2/${repository}/manifests/${key}`,
    repository,
    access,
    headers: { accept: manifestAcceptTypes.join(', ') },
    operation: `${verb} ${nameOf(client, repository, key)}`,
  };
}

/**
 * Undefined if the headers don't describe the requested manifest. Some proxies that read a manifest to respond to HEAD
 * omit its length or set it to 0.
 */
function descriptorIn({ headers }: BufferedResponse, key: string): ManifestDescriptor | undefined {
  const digest = parseDigest(headers['docker-content-digest'] ?? '');
  const mediaType = stripMediaTypeParameters(headers['content-type'] ?? '');
  // The length of a compressed body is not that of the manifest.
  const length = headers['content-encoding'] === undefined ? (headers['content-length'] ?? '') : '';
  const size = /^\d+$/.test(length) ? Number(length) : 0;
  if (!digest.ok || !isManifestType(mediaType) || size === 0 || size > maximumManifestBytes) return undefined;
  if (parseDigest(key).ok && key !== digest.value) return undefined;
  return { digest: digest.value, mediaType, size };
}

function nameOf(client: RegistryClient, repository: string, key: string): string {
  return `${client.host}/${repository}${parseDigest(key).ok ? '@' : ':'}${key}`;
}

function notAManifest(name: string, mediaType: string): ChartImagesError {
  const type = mediaType === '' ? 'it has no media type' : `its media type is ${redactServerText(mediaType)}`;
  return new ChartImagesError('registry-answer', `${name} is not an image or index: ${type}.`, {
    advice: 'Check that the host is a container registry, and that the reference is an image.',
  });
}

function malformed(name: string, mediaType: string): ChartImagesError {
  return new ChartImagesError('registry-answer', `${name} is not a valid manifest of the type ${mediaType}.`, {
    advice: 'Check that the host is a container registry. If it is, push the image again.',
  });
}

function mismatch(name: string, expected: Digest, actual: Digest): ChartImagesError {
  return new ChartImagesError('digest-mismatch', `${name} has the digest ${actual} instead of ${expected}.`, {
    advice:
      'Check whether the registry, or a proxy in front of it, changes content: pull the image elsewhere and compare.',
  });
}

import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { BufferedResponse } from '../../core/http/response.ts';
import { computeDigest, type Digest, digestAlgorithm, parseDigest } from '../../core/oci/digest.ts';
import {
  isImageManifest,
  isIndex,
  manifestAcceptTypes,
  mediaTypes,
  stripMediaTypeParameters,
} from '../../core/oci/media-type.ts';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { absenceReason, absenceReasonFromToken, lookupError, needsGet } from './manifest-existence.ts';
import { hasManifestForm } from './manifest-form.ts';
import type { Lookup, Manifest, ManifestDescriptor, PutManifestResult } from './registry.ts';
import { responseError, withOperation } from './registry-error.ts';

/** What the specification asks registries to accept at least (OCI distribution-spec, "Pushing Manifests"). */
const maximumManifestBytes = 4 * 1024 * 1024;

/**
 * Asks by HEAD, which costs no pull at registries that count them, and by GET only where the response to HEAD says too little:
 * its digest header is only recommended, and it is often served by another program. Never throws but for `cancelled`.
 */
export async function headManifest(
  client: RegistryClient,
  repository: string,
  key: string,
): Promise<Lookup<ManifestDescriptor>> {
  const request = manifestRequest(client, 'HEAD', repository, key);
  try {
    let reply = await client.read(request, 0);
    const head = reply.response.status === 200 ? headOf(reply.response, key) : undefined;
    if (head !== undefined) return { result: 'found', value: head };
    if (needsGet(reply.response)) {
      reply = await client.read({ ...request, method: 'GET' }, maximumManifestBytes);
      if (reply.response.status === 200) {
        const name = nameOf(client, repository, key);
        const { digest, mediaType, size, bytes } = manifestIn(reply.response, key, name);
        if (!hasManifestForm(mediaType, bytes)) throw malformed(name, mediaType);
        return { result: 'found', value: { digest, mediaType, size } };
      }
    }
    const reason = absenceReason(client.host, reply);
    if (reason !== undefined) return { result: 'absent', reason };
    return { result: 'unknown', error: withOperation(request.operation, lookupError(reply)) };
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    const reason = absenceReasonFromToken(client.host, error);
    return reason === undefined ? { result: 'unknown', error } : { result: 'absent', reason };
  }
}

/** Reads a manifest and proves its digest. Errors: `manifest-unsupported`, `digest-mismatch`, and those of the answer. */
export async function getManifest(client: RegistryClient, repository: string, key: string): Promise<Manifest> {
  const request = manifestRequest(client, 'GET', repository, key);
  const { response } = await client.read(request, maximumManifestBytes);
  if (response.status !== 200) throw withOperation(request.operation, responseError(response));
  return manifestIn(response, key, nameOf(client, repository, key));
}

function manifestIn(response: BufferedResponse, key: string, name: string): Manifest {
  const { bytes } = response;
  const mediaType = mediaTypeOf(response);
  if (mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed) {
    throw new ChartImagesError('manifest-unsupported', `${name} has a manifest of the old schema 1.`, {
      advice: 'Pull it and push it again with a current docker, which writes schema 2.',
    });
  }
  const said = parseDigest(key).ok ? key : (response.headers['docker-content-digest'] ?? '');
  const expected = parseDigest(said);
  const digest = computeDigest(bytes, expected.ok ? digestAlgorithm(expected.value) : 'sha256');
  if (expected.ok && expected.value !== digest) throw mismatch(name, expected.value, digest);
  if (!isManifestType(mediaType)) throw noManifest(name, mediaType);
  return { digest, mediaType, size: bytes.length, bytes };
}

/** What the server calls it or, from servers that keep manifests as mere files, what the manifest calls itself. */
function mediaTypeOf({ headers, bytes }: BufferedResponse): string {
  const served = stripMediaTypeParameters(headers['content-type'] ?? '');
  if (served !== '' && !filesTypes.has(served)) return served;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ownType), bytes.toString('utf8'));
  return parsed.success ? parsed.output.mediaType : served;
}

const filesTypes = new Set(['application/json', 'application/octet-stream', 'text/plain', 'binary/octet-stream']);

const ownType = v.object({ mediaType: v.string() });

function isManifestType(mediaType: string): boolean {
  return isIndex(mediaType) || isImageManifest(mediaType);
}

/** Puts exactly the given bytes. A digest that the registry answers with must be the manifest's. */
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
    operation: `put the manifest ${name}`,
  };
  const { response } = await client.read(request, maximumManifestBytes);
  if (response.status !== 201) throw withOperation(request.operation, responseError(response));
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
): RegistryRequest {
  const verb = method === 'HEAD' ? 'look up' : 'read the manifest';
  return {
    method,
    target: `/v2/${repository}/manifests/${key}`,
    repository,
    access: 'pull',
    headers: { accept: manifestAcceptTypes.join(', ') },
    operation: `${verb} ${nameOf(client, repository, key)}`,
  };
}

/**
 * Undefined when the headers do not describe a manifest, or describe another one than was asked for. Proxies that read a manifest to
 * answer HEAD leave its length out or write 0 (seen as bugs of several).
 */
function headOf({ headers }: BufferedResponse, key: string): ManifestDescriptor | undefined {
  const digest = parseDigest(headers['docker-content-digest'] ?? '');
  const mediaType = stripMediaTypeParameters(headers['content-type'] ?? '');
  const length = headers['content-length'] ?? '';
  const size = /^\d+$/.test(length) ? Number(length) : 0;
  if (!digest.ok || !isManifestType(mediaType) || size === 0 || size > maximumManifestBytes) return undefined;
  if (parseDigest(key).ok && key !== digest.value) return undefined;
  return { digest: digest.value, mediaType, size };
}

function nameOf(client: RegistryClient, repository: string, key: string): string {
  return `${client.host}/${repository}${parseDigest(key).ok ? '@' : ':'}${key}`;
}

function noManifest(name: string, mediaType: string): ChartImagesError {
  const what = mediaType === '' ? 'something without a type' : redactServerText(mediaType);
  return new ChartImagesError('registry-answer', `${name} is ${what}, which is no image and no index.`, {
    advice: 'Check that the host is a container registry and that the reference names an image.',
  });
}

function malformed(name: string, mediaType: string): ChartImagesError {
  return new ChartImagesError('registry-answer', `the answer for ${name} has the type ${mediaType} and is not one.`, {
    advice: 'Check that the host is a container registry; if it is, push the image again.',
  });
}

function mismatch(name: string, expected: Digest, actual: Digest): ChartImagesError {
  return new ChartImagesError('digest-mismatch', `${name} should have the digest ${expected} and has ${actual}.`, {
    advice: 'The registry, or a proxy in front of it, changes or damages content; pull it elsewhere and compare.',
  });
}

import { ChartImagesError } from '../errors.ts';
import type { WholeAnswer } from '../http/answer.ts';
import { algorithmOf, type Digest, digestOf, parseDigest } from '../image/digest.ts';
import { dockerHub } from '../image/location.ts';
import { acceptedManifests, bareMediaType, mediaTypes } from '../image/media-type.ts';
import type { RegistryClient, RegistryRequest, Reply } from './client.ts';
import { during, refused } from './refusal.ts';
import type { Existence, Manifest, ManifestHead } from './registry.ts';

/** What the specification asks registries to accept at least (OCI distribution-spec, "Pushing Manifests"). */
const maximumManifestBytes = 4 * 1024 * 1024;

/** These answer 401 or 403 for a repository that does not exist, also to a good anonymous token, so as not to tell which do. */
const registriesThatHideAbsence = new Set([dockerHub, 'ghcr.io', 'quay.io']);

/** Never throws but for `cancelled`. */
export async function headManifest(
  client: RegistryClient,
  repository: string,
  key: string,
): Promise<Existence<ManifestHead>> {
  try {
    const reply = await client.read(manifestRequest(client, 'HEAD', repository, key), 0);
    if (reply.answer.status !== 200) return missing(client, repository, key, reply);
    const head = headOf(reply.answer, key);
    if (head !== undefined) return { result: 'found', value: head };
    // The digest header is only recommended, and HEAD is often served by another program than GET.
    const { digest, mediaType, size } = await getManifest(client, repository, key);
    return { result: 'found', value: { digest, mediaType, size } };
  } catch (error) {
    if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
    return { result: 'unknown', error };
  }
}

/** Reads a manifest and proves its digest. Errors: `manifest-unsupported`, `digest-mismatch`, and those of the answer. */
export async function getManifest(client: RegistryClient, repository: string, key: string): Promise<Manifest> {
  const request = manifestRequest(client, 'GET', repository, key);
  const { answer } = await client.read(request, maximumManifestBytes);
  if (answer.status !== 200) throw during(request.operation, refused(answer));
  const mediaType = bareMediaType(answer.headers['content-type'] ?? '');
  const name = nameOf(client, repository, key);
  if (mediaType === mediaTypes.dockerSchema1 || mediaType === mediaTypes.dockerSchema1Signed) {
    throw new ChartImagesError('manifest-unsupported', `${name} has a manifest of the old schema 1.`, {
      advice: 'Pull it and push it again with a current docker, which writes schema 2.',
    });
  }
  const { bytes } = answer;
  const said = parseDigest(key).ok ? key : (answer.headers['docker-content-digest'] ?? '');
  const expected = parseDigest(said);
  const digest = digestOf(bytes, expected.ok ? algorithmOf(expected.value) : 'sha256');
  if (expected.ok && expected.value !== digest) throw mismatch(name, expected.value, digest);
  return { digest, mediaType, size: bytes.length, bytes };
}

/** Puts exactly the given bytes. A digest that the registry answers with must be the manifest's. */
export async function putManifest(
  client: RegistryClient,
  repository: string,
  key: string,
  manifest: Manifest,
): Promise<void> {
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
  const { answer } = await client.read(request, maximumManifestBytes);
  if (answer.status !== 201) throw during(request.operation, refused(answer));
  const stored = parseDigest(answer.headers['docker-content-digest'] ?? '');
  const comparable = stored.ok && algorithmOf(stored.value) === algorithmOf(manifest.digest);
  if (comparable && stored.value !== manifest.digest) throw mismatch(name, manifest.digest, stored.value);
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
    headers: { accept: acceptedManifests.join(', ') },
    operation: `${verb} ${nameOf(client, repository, key)}`,
  };
}

/** Undefined when the headers do not tell all, or tell another digest than the one that was asked for. */
function headOf({ headers }: WholeAnswer, key: string): ManifestHead | undefined {
  const digest = parseDigest(headers['docker-content-digest'] ?? '');
  const mediaType = bareMediaType(headers['content-type'] ?? '');
  const length = headers['content-length'] ?? '';
  if (!digest.ok || mediaType === '' || !/^\d+$/.test(length)) return undefined;
  if (parseDigest(key).ok && key !== digest.value) return undefined;
  return { digest: digest.value, mediaType, size: Number(length) };
}

/** What an answer without a manifest means: absence only where the registry can not mean anything else. */
function missing(
  client: RegistryClient,
  repository: string,
  key: string,
  { answer, as }: Reply<WholeAnswer>,
): Existence<ManifestHead> {
  if (answer.status === 404) return { result: 'absent', reason: 'not there' };
  const hidden = (answer.status === 401 || answer.status === 403) && as === 'anonymous';
  if (hidden && registriesThatHideAbsence.has(client.host)) {
    return { result: 'absent', reason: 'absent, or not visible to these credentials' };
  }
  return { result: 'unknown', error: during(`look up ${nameOf(client, repository, key)}`, refused(answer)) };
}

function nameOf(client: RegistryClient, repository: string, key: string): string {
  return `${client.host}/${repository}${parseDigest(key).ok ? '@' : ':'}${key}`;
}

function mismatch(name: string, expected: Digest, actual: Digest): ChartImagesError {
  return new ChartImagesError('digest-mismatch', `${name} should have the digest ${expected} and has ${actual}.`, {
    advice: 'The registry, or a proxy in front of it, changes or damages content; pull it elsewhere and compare.',
  });
}

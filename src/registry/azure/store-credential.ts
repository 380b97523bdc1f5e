import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { isHost } from '../../core/oci/reference.ts';
import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import type { CredentialTrace } from '../credentials/credential-trace.ts';
import { type ArmClient, parseJson } from './arm.ts';
import { type ArtifactStore, hybridNetworkVersion } from './artifact-store.ts';

/** Allows pushes to the registry of the store, but only to the repositories of one artifact manifest. */
export interface StoreCredential {
  /** Login server of the registry. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  /** Milliseconds since 1970, as Date.now(). */
  readonly expires: number;
}

/** Milliseconds, if the expiry is unreadable. Observed: a day. */
const defaultLifetime = 60 * 60_000;

const text = v.pipe(v.string(), v.minLength(1));

/** One line without blanks, because it is masked before further checks. */
const token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/));

const credentialShape = v.object({
  credentialType: v.optional(v.string(), ''),
  acrServerUrl: text,
  username: text,
  acrToken: token,
  expiry: v.optional(v.string(), ''),
});

const typeShape = v.object({ credentialType: v.string() });

const scopedToken = 'AzureContainerRegistryScopedToken';

/** Requests a new credential and masks it. Throws `artifact-store` if it is not usable. */
export async function fetchStoreCredential(
  store: ArtifactStore,
  manifest: string,
  arm: ArmClient,
  trace: CredentialTrace,
): Promise<StoreCredential> {
  const target = `${store.id}/artifactManifests/${encodeURIComponent(manifest)}/listCredential?api-version=${hybridNetworkVersion}`;
  const operation = `get the credential of the artifact manifest ${manifest}`;
  const json = parseJson(await arm.send({ method: 'POST', target, operation }));
  const type = v.safeParse(typeShape, json);
  if (type.success && type.output.credentialType !== scopedToken) {
    throw invalidCredentialError(manifest, `its type is "${type.output.credentialType}", not ${scopedToken}`);
  }
  const read = v.safeParse(credentialShape, json);
  // Without the cause: it quotes the value.
  if (!read.success)
    throw invalidCredentialError(manifest, 'its server, its user name or a single-line token is missing');
  const { acrServerUrl, username, acrToken, expiry } = read.output;
  trace.mask(acrToken);
  // Observed with and without the scheme.
  const registry = canonicalRegistry(acrServerUrl.replace(/^https?:\/\//, '').replace(/\/+$/, ''));
  if (!isHost(registry)) throw invalidCredentialError(manifest, 'its server is not a registry host');
  return { registry, username, password: acrToken, expires: parseExpiry(expiry) };
}

/** RFC 3339 with seven decimals. JavaScript dates have three. */
function parseExpiry(expiry: string): number {
  const time = Date.parse(expiry.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(time) ? Date.now() + defaultLifetime : time;
}

function invalidCredentialError(manifest: string, reason: string): ChartImagesError {
  const message = `Cannot use the credential of the artifact manifest "${manifest}": ${reason}.`;
  return new ChartImagesError('artifact-store', message, {
    advice: 'Check that acr_artifact_store_name is a store of the type AzureContainerRegistry.',
  });
}

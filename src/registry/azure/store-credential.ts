import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { isHost } from '../../core/oci/reference.ts';
import { canonicalRegistry } from '../../core/oci/registry-reference.ts';
import { type ArmClient, parseJson } from './arm.ts';
import { type ArtifactStore, hybridNetworkVersion } from './artifact-store.ts';

/** What may write to the store's registry, and only to the repositories of one artifact manifest. */
export interface StoreCredential {
  /** Login server of the registry. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  /** As Date.now() counts. */
  readonly expires: number;
}

/** Milliseconds that a credential is used whose end cannot be read; observed is a day. */
const defaultLifetime = 60 * 60_000;

const text = v.pipe(v.string(), v.minLength(1));

/** One line without blanks: it is masked before anything else is known of it. */
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

/** Asks for a new credential of an artifact manifest, and masks it. Errors: `artifact-store` for one that is of no use. */
export async function fetchStoreCredential(
  store: ArtifactStore,
  manifest: string,
  arm: ArmClient,
  mask: (secret: string) => void,
): Promise<StoreCredential> {
  const target = `${store.id}/artifactManifests/${encodeURIComponent(manifest)}/listCredential?api-version=${hybridNetworkVersion}`;
  const operation = `ask for the credential of the artifact manifest ${manifest}`;
  const json = parseJson(await arm.send({ method: 'POST', target, operation }));
  const type = v.safeParse(typeShape, json);
  if (type.success && type.output.credentialType !== scopedToken) {
    throw invalidCredentialError(manifest, `is of the type "${type.output.credentialType}", not ${scopedToken}`);
  }
  const read = v.safeParse(credentialShape, json);
  // Without the schema's words: they quote the value.
  if (!read.success)
    throw invalidCredentialError(manifest, 'is missing its server, its user name or a token of one line');
  const { acrServerUrl, username, acrToken, expiry } = read.output;
  mask(acrToken);
  // Seen with and without the scheme.
  const registry = canonicalRegistry(acrServerUrl.replace(/^https?:\/\//, '').replace(/\/+$/, ''));
  if (!isHost(registry)) throw invalidCredentialError(manifest, 'names no registry');
  return { registry, username, password: acrToken, expires: endOf(expiry) };
}

/** RFC 3339 with seven decimals, of which dates here hold three. */
function endOf(expiry: string): number {
  const time = Date.parse(expiry.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(time) ? Date.now() + defaultLifetime : time;
}

function invalidCredentialError(manifest: string, what: string): ChartImagesError {
  return new ChartImagesError('artifact-store', `The credential of the artifact manifest "${manifest}" ${what}.`, {
    advice: 'Check that acr_artifact_store_name names a store of the type AzureContainerRegistry.',
  });
}

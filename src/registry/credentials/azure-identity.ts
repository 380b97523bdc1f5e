import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import { once } from '../../core/once.ts';
import { type AzCliToken, getAzCliToken } from './az-cli-token.ts';
import type { AzureCloud } from './azure-cloud.ts';
import { createAzureCredential } from './azure-credential.ts';
import type { CredentialTrace } from './credential-trace.ts';
import { entraError } from './entra-error.ts';
import {
  describeIdentitySource,
  type IdentityInputs,
  type IdentitySource,
  identitySources,
} from './identity-source.ts';
import { isImdsAvailable } from './imds.ts';
import type { ServiceEndpoints } from './service-connection.ts';

/** The resource of all Azure registries, in all clouds. They may reject a token for the resource manager. */
const registryResource = 'https://containerregistry.azure.net';

/** Milliseconds until a metadata service that was overloaded is asked again. */
const retryInterval = 30_000;

/** Milliseconds before the expiry that a token of az is renewed. */
const renewalMargin = 60_000;

export interface AzureIdentityOptions extends IdentityInputs {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Service connections of the host. Empty outside of Azure Pipelines. */
  readonly endpoints: ServiceEndpoints;
  /** Created only when an identity is needed. */
  readonly http: () => Promise<HttpClient>;
  readonly trace: CredentialTrace;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The identity of the run in Azure. */
export interface AzureIdentity {
  /**
   * A valid, masked token. Undefined if there is no identity. Throws `azure-identity` if Microsoft Entra ID rejects
   * it.
   */
  token(resource: 'resource-manager' | 'registry', cloud: AzureCloud): Promise<string | undefined>;
  /** For messages. */
  name(): string;
}

/** Never interactive. */
export function createAzureIdentity(options: AzureIdentityOptions): AzureIdentity {
  const sources = identitySources(options, options.environment);
  const providers = new Map<string, TokenProvider>();
  let found: IdentitySource | undefined;

  const providerFor = (source: IdentitySource, cloud: AzureCloud): TokenProvider => {
    const key = `${source.kind} ${cloud.name}`;
    const provider = providers.get(key) ?? createTokenProvider(source, cloud, options);
    providers.set(key, provider);
    return provider;
  };
  /**
   * Sources without an identity, by cloud, with the time to try them again (as Date.now()): az needs a second to report
   * that, for each image.
   */
  const empty = new Map<string, number>();
  const search = async (resource: string, cloud: AzureCloud): Promise<string | undefined> => {
    for (const source of found ? [found] : sources) {
      const key = `${source.kind} ${cloud.name}`;
      if (Date.now() < (empty.get(key) ?? 0)) continue;
      const token = await providerFor(source, cloud)(resource);
      if (token === undefined || token === 'not now') {
        empty.set(key, token === undefined ? Number.POSITIVE_INFINITY : Date.now() + retryInterval);
        continue;
      }
      found = source;
      options.trace.mask(token);
      return token;
    }
    return undefined;
  };
  const pending = new Map<string, Promise<string | undefined>>();
  return {
    async token(kind, cloud) {
      const resource = kind === 'registry' ? registryResource : cloud.resourceManager;
      const key = `${resource} ${cloud.name}`;
      const request = pending.get(key) ?? search(resource, cloud).finally(() => pending.delete(key));
      pending.set(key, request);
      return await request;
    },
    name: () => describeIdentitySource(found ?? sources[0] ?? { kind: 'az' }),
  };
}

/**
 * Returns a token for a resource (`https://management.azure.com`). Undefined if there is no identity. `not now` if it
 * could not be found out.
 */
type TokenProvider = (resource: string) => Promise<string | 'not now' | undefined>;

function createTokenProvider(source: IdentitySource, cloud: AzureCloud, options: AzureIdentityOptions): TokenProvider {
  switch (source.kind) {
    case 'az':
      return azCliProvider(options);
    case 'managed-identity':
      return managedIdentityProvider(source, cloud, options);
    case 'connection':
      // An application belongs to one cloud.
      return source.connection.cloud === cloud ? sdkProvider(source, cloud, options) : async () => undefined;
    default:
      return sdkProvider(source, cloud, options);
  }
}

function azCliProvider({ environment, signal }: AzureIdentityOptions): TokenProvider {
  const cached = new Map<string, AzCliToken>();
  return async (resource) => {
    const known = cached.get(resource);
    if (known && known.expires - renewalMargin > Date.now()) return known.value;
    const token = await getAzCliToken(resource, environment, signal);
    if (token) cached.set(resource, token);
    return token?.value;
  };
}

/** Many machines have no managed identity, so its errors are only logged. */
function managedIdentityProvider(
  source: IdentitySource,
  cloud: AzureCloud,
  options: AzureIdentityOptions,
): TokenProvider {
  const isAvailable = once(async () => isImdsAvailable(await options.http(), options.environment));
  const getToken = sdkProvider(source, cloud, options);
  return async (resource) => {
    if (!(await isAvailable())) return undefined;
    return await getToken(resource).catch((error: unknown) => {
      if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
      options.log.debug(error.message);
      return 'not now';
    });
  };
}

function sdkProvider(source: IdentitySource, cloud: AzureCloud, options: AzureIdentityOptions): TokenProvider {
  const create = once(() =>
    createAzureCredential(source, cloud, options).catch((error: unknown) => {
      throw error instanceof ChartImagesError ? noAssertionError(describeIdentitySource(source), error) : error;
    }),
  );
  return async (resource) => {
    const { credential, lastError } = await create();
    try {
      return (await credential.getToken(`${resource}/.default`, { abortSignal: options.signal }))?.token;
    } catch (error) {
      if (error instanceof ChartImagesError) throw error;
      throw (
        noAssertionError(describeIdentitySource(source), lastError()) ??
        entraError(describeIdentitySource(source), error)
      );
    }
  };
}

/** The request to Microsoft Entra ID was not sent, because the assertion or the secret is missing. */
function noAssertionError(identity: string, error: ChartImagesError | undefined): ChartImagesError | undefined {
  if (error?.code !== 'azure-identity') return error;
  return new ChartImagesError(error.code, `Cannot use the identity ${identity}: ${error.message}`, {
    advice: error.advice,
    cause: error,
  });
}

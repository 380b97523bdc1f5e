import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { Log } from '../../core/log.ts';
import { type AzCliToken, getAzCliToken } from './az-cli-token.ts';
import type { AzureCloud } from './azure-cloud.ts';
import { type AzureCredential, createAzureCredential } from './azure-credential.ts';
import { entraError } from './entra-error.ts';
import {
  describeIdentitySource,
  type IdentityInputs,
  type IdentitySource,
  identitySources,
} from './identity-source.ts';
import { isImdsAvailable } from './imds.ts';
import type { ServiceEndpoints } from './service-connection.ts';

/** The resource of every Azure Container Registry, in all clouds; a token for the resource manager may be refused. */
const registryResource = 'https://containerregistry.azure.net';

/** Milliseconds before its end that a token of az is asked for anew. */
const renewalMargin = 60_000;

export interface AzureIdentityOptions extends IdentityInputs {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Service connections that the host was given; empty outside of Azure Pipelines. */
  readonly endpoints: ServiceEndpoints;
  /** Created only when an identity is needed. */
  readonly http: () => Promise<HttpClient>;
  readonly mask: (secret: string) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Who the run is to Azure. */
export interface AzureIdentity {
  /**
   * A token that is good now, masked already; undefined when the run has no identity. Throws `azure-identity` when it has
   * one that Entra refuses.
   */
  token(resource: 'resource-manager' | 'registry', cloud: AzureCloud): Promise<string | undefined>;
  /** Who that is, for messages. */
  name(): string;
}

/** Never asks a person: a pipeline has none. */
export function createAzureIdentity(options: AzureIdentityOptions): AzureIdentity {
  const ways = identitySources(options, options.environment);
  const askers = new Map<string, TokenProvider>();
  let found: IdentitySource | undefined;

  const askerOf = (way: IdentitySource, cloud: AzureCloud): TokenProvider => {
    const key = `${way.kind} ${cloud.name}`;
    const asker = askers.get(key) ?? createTokenProvider(way, cloud, options);
    askers.set(key, asker);
    return asker;
  };
  /** Sources without an identity, by cloud: az takes a second to say so, and each image would ask again. */
  const empty = new Set<string>();
  const search = async (resource: string, cloud: AzureCloud): Promise<string | undefined> => {
    for (const way of found ? [found] : ways) {
      const key = `${way.kind} ${cloud.name}`;
      if (empty.has(key)) continue;
      const token = await askerOf(way, cloud)(resource);
      if (token === undefined) {
        empty.add(key);
        continue;
      }
      found = way;
      options.mask(token);
      return token;
    }
    return undefined;
  };
  const flights = new Map<string, Promise<string | undefined>>();
  return {
    async token(resource, cloud) {
      const wanted = resource === 'registry' ? registryResource : cloud.resourceManager;
      const key = `${wanted} ${cloud.name}`;
      const flight = flights.get(key) ?? search(wanted, cloud).finally(() => flights.delete(key));
      flights.set(key, flight);
      return await flight;
    },
    name: () => describeIdentitySource(found ?? ways[0] ?? { kind: 'az' }),
  };
}

/** Gives a token for a resource (`https://management.azure.com`); undefined if there is no identity. */
type TokenProvider = (resource: string) => Promise<string | undefined>;

function createTokenProvider(way: IdentitySource, cloud: AzureCloud, options: AzureIdentityOptions): TokenProvider {
  switch (way.kind) {
    case 'az':
      return azCliProvider(options);
    case 'managed-identity':
      return managedIdentityProvider(way, cloud, options);
    case 'connection':
      // An application lives in one cloud.
      return way.connection.cloud === cloud ? sdkProvider(way, cloud, options) : async () => undefined;
    default:
      return sdkProvider(way, cloud, options);
  }
}

function azCliProvider({ environment, signal }: AzureIdentityOptions): TokenProvider {
  const kept = new Map<string, AzCliToken>();
  return async (resource) => {
    const known = kept.get(resource);
    if (known && known.expires - renewalMargin > Date.now()) return known.value;
    const token = await getAzCliToken(resource, environment, signal);
    if (token) kept.set(resource, token);
    return token?.value;
  };
}

/** A machine without an identity is common, so what it answers is no fault. */
function managedIdentityProvider(way: IdentitySource, cloud: AzureCloud, options: AzureIdentityOptions): TokenProvider {
  let isThere: Promise<boolean> | undefined;
  const ask = sdkProvider(way, cloud, options);
  return async (resource) => {
    isThere ??= options.http().then((http) => isImdsAvailable(http, options.environment));
    if (!(await isThere)) return undefined;
    return await ask(resource).catch((error: unknown) => {
      if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
      options.log.debug(error.message);
      return undefined;
    });
  };
}

function sdkProvider(way: IdentitySource, cloud: AzureCloud, options: AzureIdentityOptions): TokenProvider {
  let made: Promise<AzureCredential> | undefined;
  return async (resource) => {
    made ??= createAzureCredential(way, cloud, options).catch((error: unknown) => {
      throw error instanceof ChartImagesError ? noAssertionError(describeIdentitySource(way), error) : error;
    });
    const { credential, fault } = await made;
    try {
      return (await credential.getToken(`${resource}/.default`, { abortSignal: options.signal }))?.token;
    } catch (error) {
      if (error instanceof ChartImagesError) throw error;
      throw noAssertionError(describeIdentitySource(way), fault()) ?? entraError(describeIdentitySource(way), error);
    }
  };
}

/** Entra was never asked, because the pipeline could not prove who it is. */
function noAssertionError(who: string, issue: ChartImagesError | undefined): ChartImagesError | undefined {
  if (issue?.code !== 'azure-identity') return issue;
  return new ChartImagesError(issue.code, `This run cannot be ${who}: ${issue.message}`, {
    advice: issue.advice,
    cause: issue,
  });
}

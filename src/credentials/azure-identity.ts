import { ChartImagesError } from '../errors.ts';
import type { Http } from '../http/http.ts';
import type { Log } from '../log.ts';
import { type AzToken, azToken } from './az-session.ts';
import type { AzureCloud } from './azure-cloud.ts';
import { entraRefusal } from './entra-refusal.ts';
import { type IdentityInputs, type IdentityWay, nameOf, waysOf } from './identity-choice.ts';
import { type LibraryCredential, makeCredential } from './library-credential.ts';
import { metadataServiceAnswers } from './metadata-service.ts';
import type { ServiceEndpoints } from './service-connection.ts';

/** The resource of every Azure Container Registry, in all clouds; a token for the resource manager may be refused. */
const registryResource = 'https://containerregistry.azure.net';

/** Milliseconds before its end that a token of az is asked for anew. */
const renewalMargin = 60_000;

export interface AzureIdentityOptions extends IdentityInputs {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Service connections that the host was given; empty outside of Azure Pipelines. */
  readonly endpoints: ServiceEndpoints;
  /** Opened only when there is somebody to ask. */
  readonly http: () => Promise<Http>;
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
  const ways = waysOf(options, options.environment);
  const askers = new Map<string, Asker>();
  let found: IdentityWay | undefined;

  const askerOf = (way: IdentityWay, cloud: AzureCloud): Asker => {
    const key = `${way.kind} ${cloud.name}`;
    const asker = askers.get(key) ?? makeAsker(way, cloud, options);
    askers.set(key, asker);
    return asker;
  };
  /** Ways in which there was nobody, by cloud: az takes a second to say so, and an image after the other would ask. */
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
    name: () => nameOf(found ?? ways[0] ?? { kind: 'az' }),
  };
}

/** Gives a token for a resource (`https://management.azure.com`); undefined: there is nobody. */
type Asker = (resource: string) => Promise<string | undefined>;

function makeAsker(way: IdentityWay, cloud: AzureCloud, options: AzureIdentityOptions): Asker {
  switch (way.kind) {
    case 'az':
      return azAsker(options);
    case 'managed-identity':
      return managedAsker(way, cloud, options);
    case 'connection':
      // An application lives in one cloud.
      return way.connection.cloud === cloud ? libraryAsker(way, cloud, options) : async () => undefined;
    default:
      return libraryAsker(way, cloud, options);
  }
}

function azAsker({ environment, signal }: AzureIdentityOptions): Asker {
  const kept = new Map<string, AzToken>();
  return async (resource) => {
    const known = kept.get(resource);
    if (known && known.expires - renewalMargin > Date.now()) return known.value;
    const token = await azToken(resource, environment, signal);
    if (token) kept.set(resource, token);
    return token?.value;
  };
}

/** A machine without an identity is common, so what it answers is no fault. */
function managedAsker(way: IdentityWay, cloud: AzureCloud, options: AzureIdentityOptions): Asker {
  let isThere: Promise<boolean> | undefined;
  const ask = libraryAsker(way, cloud, options);
  return async (resource) => {
    isThere ??= options.http().then((http) => metadataServiceAnswers(http, options.environment));
    if (!(await isThere)) return undefined;
    return await ask(resource).catch((error: unknown) => {
      if (!(error instanceof ChartImagesError) || error.code === 'cancelled') throw error;
      options.log.debug(error.message);
      return undefined;
    });
  };
}

function libraryAsker(way: IdentityWay, cloud: AzureCloud, options: AzureIdentityOptions): Asker {
  let made: Promise<LibraryCredential> | undefined;
  return async (resource) => {
    made ??= makeCredential(way, cloud, options).catch((error: unknown) => {
      throw error instanceof ChartImagesError ? withoutProof(nameOf(way), error) : error;
    });
    const { credential, fault } = await made;
    try {
      return (await credential.getToken(`${resource}/.default`, { abortSignal: options.signal }))?.token;
    } catch (error) {
      if (error instanceof ChartImagesError) throw error;
      throw withoutProof(nameOf(way), fault()) ?? entraRefusal(nameOf(way), error);
    }
  };
}

/** Entra was never asked, because the pipeline could not prove who it is. */
function withoutProof(who: string, fault: ChartImagesError | undefined): ChartImagesError | undefined {
  if (fault?.code !== 'azure-identity') return fault;
  return new ChartImagesError(fault.code, `This run can not be ${who}: ${fault.message}`, {
    advice: fault.advice,
    cause: fault,
  });
}

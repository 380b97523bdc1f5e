import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { ChartImagesError } from '../errors.ts';
import { isLinkLocalAddress, isMetadataAddress, isOwnAddress, isPrivateAddress } from './private-networks.ts';
import type { HttpRequest } from './response.ts';

/*
 * `named-nearby` and `named`: the URL is from a redirect, a Location, a Link or a realm. Neither may be link-local, and
 * only a server on this machine may name this machine. Other private addresses may be the storage of a registry.
 */

/** Which addresses a request may access, depending on the origin of its URL. */
export type Reach =
  /** The identity of the run requests a token from the metadata service. */
  | 'any'
  /** An input of the run. Podman's name for the machine is link-local, so only metadata services are blocked. */
  | 'given'
  /** A server on this machine. */
  | 'named-nearby'
  /** A server on another machine. */
  | 'named'
  /** The author of an image. */
  | 'public';

const refusals: Readonly<Record<Reach, (address: string) => string | undefined>> = {
  any: () => undefined,
  given: metadataService,
  'named-nearby': (address) => metadataService(address) ?? linkLocal(address),
  named: (address) =>
    metadataService(address) ?? linkLocal(address) ?? (isOwnAddress(address) ? 'this machine' : undefined),
  public: (address) =>
    isPrivateAddress(address) || isMetadataAddress(address) ? 'in the network of this run' : undefined,
};

function metadataService(address: string): string | undefined {
  return isMetadataAddress(address) ? 'the metadata service of a cloud' : undefined;
}

function linkLocal(address: string): string | undefined {
  return isLinkLocalAddress(address) ? 'a link-local address' : undefined;
}

/** All addresses of a name. Rejects if it has none. */
export type LookUp = (name: string, options?: LookupOptions) => Promise<readonly LookupAddress[]>;

export const lookUpByName: LookUp = async (name, options) => await lookup(name, { ...options, all: true });

/** Looks up the server that named the URL, to check whether it is on this machine. */
export async function reachOf({ url, reach, namedBy }: HttpRequest, lookUp: LookUp): Promise<Reach> {
  if (reach !== undefined) return reach;
  if (namedBy === undefined || namedBy.hostname === url.hostname) return 'given';
  return (await isOnThisMachine(addressIn(namedBy), lookUp)) ? 'named-nearby' : 'named';
}

async function isOnThisMachine(host: string, lookUp: LookUp): Promise<boolean> {
  if (isIP(host) !== 0) return isOwnAddress(host);
  const found = await lookUp(host).catch(() => []);
  return found.length > 0 && found.every(({ address }) => isOwnAddress(address));
}

/** Throws if the host is a blocked address. Names are checked when the connection is made (`guardedLookup`). */
export function checkAddress(request: HttpRequest, reach: Reach): void {
  const address = addressIn(request.url);
  const reason = isIP(address) === 0 ? undefined : refusals[reach](address);
  if (reason !== undefined) throw refusedAddress(request, new RefusedAddress(address, reason));
}

/** Without the brackets of IPv6 and the trailing dot of a name. A URL normalizes every spelling of an IPv4 address. */
function addressIn({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** All addresses of a name are blocked. */
export class RefusedAddress extends Error {
  readonly address: string;
  /** Completes "it is …". */
  readonly reason: string;

  constructor(address: string, reason: string) {
    super(`${address} is ${reason}`);
    this.address = address;
    this.reason = reason;
  }
}

/**
 * Looks up a name for a connection and returns only allowed addresses, which also prevents DNS rebinding. With a proxy,
 * the proxy looks up the names.
 */
export function guardedLookup(reach: Reach, lookUp: LookUp): LookupFunction {
  return (name, options, done) => {
    lookUp(name, options).then(
      (found) => {
        const allowed = found.filter(({ address }) => refusals[reach](address) === undefined);
        const [first] = allowed;
        if (first === undefined) done(refusalOf(found, reach), '', 0);
        else if (options.all === true) done(null, allowed);
        else done(null, first.address, first.family);
      },
      (error) => done(error, '', 0),
    );
  };
}

function refusalOf(found: readonly LookupAddress[], reach: Reach): RefusedAddress {
  const address = found[0]?.address ?? '';
  return new RefusedAddress(address, refusals[reach](address) ?? 'no address');
}

/** The error for a request to a blocked address. */
export function refusedAddress(
  { url, namedBy, reach }: HttpRequest,
  { address, reason }: RefusedAddress,
): ChartImagesError {
  const where = url.host.includes(address) ? `it is ${reason}` : `its address ${address} is ${reason}`;
  if (reach === 'public') {
    return new ChartImagesError('denied', `Cannot access ${url.host}: ${where}.`, {
      advice: 'Push the layer to the source registry, or remove include-foreign.',
    });
  }
  if (namedBy === undefined || namedBy.hostname === url.hostname) {
    return new ChartImagesError('registry-answer', `Cannot access ${url.host}: ${where}.`, {
      advice: 'Use the name of a registry. No request was sent.',
    });
  }
  return new ChartImagesError('registry-answer', `Cannot follow ${namedBy.host} to ${url.host}: ${where}.`, {
    advice: 'Ask the operator of the server, or of the proxy in front of it. No request was sent.',
  });
}

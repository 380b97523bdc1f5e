import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { ChartImagesError } from '../errors.ts';
import { isLinkLocalAddress, isMetadataAddress, isOwnAddress, isPrivateAddress } from './private-networks.ts';
import type { HttpRequest } from './response.ts';

/**
 * Which addresses a request may lead to, by who named its host:
 * - `any`: the identity of the run asks its own metadata service;
 * - `given`: the run was given the host. Podman's own name for the machine is link-local, so only metadata services are refused;
 * - `named-nearby`, `named`: a server on this machine, or another one, named it in a redirect, a Location, a Link or a realm. Neither
 *   may lead to link-local addresses, and the second not to this machine. Other private ones may be the storage of a registry;
 * - `public`: the author of an image named it.
 */
export type Reach = 'any' | 'given' | 'named-nearby' | 'named' | 'public';

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

/** All addresses of a name. Rejects where it has none. */
export type LookUp = (name: string, options?: LookupOptions) => Promise<readonly LookupAddress[]>;

export const lookUpByName: LookUp = async (name, options) => await lookup(name, { ...options, all: true });

/** Where a request may lead. Looks up the name of the server that named its host, to see whether that is on this machine. */
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

/** Throws where the host is an address that may not be asked; of names, the connection finds out (`guardedLookup`). */
export function checkAddress(request: HttpRequest, reach: Reach): void {
  const address = addressIn(request.url);
  const what = isIP(address) === 0 ? undefined : refusals[reach](address);
  if (what !== undefined) throw refusedAddress(request, new RefusedAddress(address, what));
}

/** Without the brackets of IPv6 and the last dot of a name; a URL has every spelling of an IPv4 address normalized. */
function addressIn({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** A name has no address that may be asked. */
export class RefusedAddress extends Error {
  readonly address: string;
  readonly what: string;

  constructor(address: string, what: string) {
    super(`${address} is ${what}`);
    this.address = address;
    this.what = what;
  }
}

/**
 * Looks a name up for a connection and hands out only the addresses that may be asked, so that a name server which changes its
 * answer between a check and the connection (DNS rebinding) gains nothing. Through a proxy names are the proxy's to look up.
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

/** The error of a request that led to such an address. */
export function refusedAddress(
  { url, namedBy, reach }: HttpRequest,
  { address, what }: RefusedAddress,
): ChartImagesError {
  const where = url.host.includes(address) ? `it is ${what}` : `its address ${address} is ${what}`;
  if (reach === 'public') {
    return new ChartImagesError('denied', `Cannot access ${url.host}: ${where}.`, {
      advice: 'Push the layer to the source registry, or leave include-foreign out.',
    });
  }
  if (namedBy === undefined || namedBy.hostname === url.hostname) {
    return new ChartImagesError('registry-answer', `Cannot access ${url.host}: ${where}.`, {
      advice: 'Nothing was sent there. Use the name of a registry.',
    });
  }
  return new ChartImagesError('registry-answer', `Cannot follow ${namedBy.host} to ${url.host}: ${where}.`, {
    advice: 'Nothing was sent there. Ask the operator of the server, or of the proxy in front of it.',
  });
}

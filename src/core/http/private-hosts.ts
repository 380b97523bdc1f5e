import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPrivateAddress } from './private-networks.ts';

/** All addresses of a name; none where it has none, as behind a proxy that alone knows names. */
export type AddressesOf = (name: string) => Promise<readonly string[]>;

/**
 * Whether a URL leads into the network of the run. A name counts by its addresses at the time of asking. It may have others a
 * moment later: this is no wall against a name server that plays along.
 */
export async function isInPrivateNetwork(url: URL, addressesOf: AddressesOf): Promise<boolean> {
  const name = hostnameOf(url);
  const addresses = isIP(name) === 0 ? await addressesOf(name) : [name];
  return addresses.some(isPrivateAddress);
}

/** Without the brackets around an IPv6 address, and the dot that may end a name. */
export function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

export async function addressesByName(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    // Whom this machine does not know it cannot reach either, unless through a proxy, whose network is not the one guarded here.
    return [];
  }
}

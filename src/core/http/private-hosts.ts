import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPrivateAddress } from './private-networks.ts';

/** All addresses of a name. Empty if it has none, for example behind a proxy that resolves the names. */
export type ResolveHost = (name: string) => Promise<readonly string[]>;

/**
 * Whether a URL is in a private network, by the current addresses of its name. No protection against DNS rebinding: the
 * addresses may change before the connection.
 */
export async function isInPrivateNetwork(url: URL, resolveHost: ResolveHost): Promise<boolean> {
  const name = hostnameOf(url);
  const addresses = isIP(name) === 0 ? await resolveHost(name) : [name];
  return addresses.some(isPrivateAddress);
}

/** Without the brackets of an IPv6 address and the trailing dot of a name. */
export function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

export async function addressesByName(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    // An unknown name is only reachable through a proxy, whose network is not protected here.
    return [];
  }
}

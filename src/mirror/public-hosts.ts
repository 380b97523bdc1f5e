import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { ChartImagesError } from '../errors.ts';

/** Whether a run may ask a host that the author of an image chose. */
export interface PublicHosts {
  /** Throws `denied` for a URL into the network of the run; on the host of `registry`, which the user named, it may be. */
  admitting(registry: string): (url: URL) => Promise<void>;
}

/** IANA's special-purpose registries (RFC 6890): this machine, private networks, what only a provider's machines reach. */
const privateNetworks: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const blocked = new BlockList();
for (const [network, prefix, family] of privateNetworks) blocked.addSubnet(network, prefix, family);

/** All addresses of a name; none where it has none, as behind a proxy that alone knows names. */
export type AddressesOf = (name: string) => Promise<readonly string[]>;

/**
 * A name counts by its addresses at the time of asking. It may have others a moment later: this keeps an image from naming
 * what is in the run's network, and is no wall against a name server that plays along.
 */
export function createPublicHosts(addressesOf: AddressesOf = addressesByName): PublicHosts {
  return {
    admitting: (registry) => async (url) => {
      const host = hostOf(url);
      if (host === hostOf(new URL(`https://${registry}`))) return;
      const addresses = isIP(host) === 0 ? await addressesOf(host) : [host];
      if (!addresses.some(isPrivate)) return;
      throw new ChartImagesError('denied', `The image leads to ${url.host}, which is in the network of this run.`, {
        advice: 'Push the layer to the source registry, or leave include-foreign out.',
      });
    },
  };
}

/** IPv4 addresses that are written as IPv6 ones (`::ffff:10.0.0.1`) are looked at as what they are by `BlockList`. */
function isPrivate(address: string): boolean {
  return blocked.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Without the brackets around an IPv6 address, and the dot that may end a name. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

async function addressesByName(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registries (RFC 6890): this machine, private networks, what only a provider's machines reach. */
const networks4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const;

const networks6 = [
  // Also IPv4 addresses in the oldest way of writing them as IPv6 ones (`::10.0.0.1`), which nobody else uses.
  ['::', 96],
  ['64:ff9b:1::', 48],
  // 6to4, given up (RFC 7526): it leads to whatever IPv4 address is in it.
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

/** Networks that have only IPv6 give every IPv4 address as one of these (RFC 6052), so those of private ones alone are private. */
const translated = (network: string) => `64:ff9b::${network}`;

const blocked = new BlockList();
for (const [network, prefix] of networks4) {
  blocked.addSubnet(network, prefix, 'ipv4');
  blocked.addSubnet(translated(network), 96 + prefix, 'ipv6');
}
for (const [network, prefix] of networks6) blocked.addSubnet(network, prefix, 'ipv6');

/**
 * Whether an address means another machine to everyone who asks, or is within the network of the run. False for a name. IPv4
 * addresses that are written as IPv6 ones (`::ffff:10.0.0.1`) are looked at as what they are by `BlockList`.
 */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && blocked.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

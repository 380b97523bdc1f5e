import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose registries (RFC 6890): this machine, private networks, and networks of providers. */
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
  // Includes IPv4-compatible addresses (`::10.0.0.1`, deprecated).
  ['::', 96],
  ['64:ff9b:1::', 48],
  // 6to4 (deprecated, RFC 7526) embeds an IPv4 address.
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

/** IPv6-only networks map every IPv4 address into this prefix (RFC 6052), so only the private ones are blocked. */
const nat64Prefixes = (network: string) => `64:ff9b::${network}`;

const blocked = new BlockList();
for (const [network, prefix] of networks4) {
  blocked.addSubnet(network, prefix, 'ipv4');
  blocked.addSubnet(nat64Prefixes(network), 96 + prefix, 'ipv6');
}
for (const [network, prefix] of networks6) blocked.addSubnet(network, prefix, 'ipv6');

/**
 * Whether an address is special-purpose or in a private network. False for a name. `BlockList` handles IPv4-mapped
 * addresses (`::ffff:10.0.0.1`) as IPv4.
 */
export function isPrivateAddress(address: string): boolean {
  return isIn(blocked, address);
}

/**
 * Metadata services of clouds, which return secrets of the machine. Not all are link-local: Azure's wire server is
 * public.
 */
const metadataServices = [
  // Amazon, Azure, Google, Oracle and others, and Amazon's services for containers (169.254.170.2, .23), time and DNS.
  ['169.254.169.0', 24],
  ['169.254.170.0', 24],
  ['168.63.129.16', 32],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
] as const;

const metadataServices6 = [
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
] as const;

const metadata = blockListOf(metadataServices, metadataServices6);
const linkLocal = blockListOf([['169.254.0.0', 16]], [['fe80::', 10]]);
const thisMachine = blockListOf(
  [
    ['127.0.0.0', 8],
    // A connection to "this network" ends at this machine.
    ['0.0.0.0', 8],
  ],
  [['::1', 128]],
);

type Networks = readonly (readonly [network: string, prefix: number])[];

/** Contains IPv4 networks also in their IPv6 forms: NAT64, 6to4 and IPv4-compatible addresses. */
function blockListOf(networks: Networks, networks6: Networks): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) {
    list.addSubnet(network, prefix, 'ipv4');
    list.addSubnet(nat64Prefixes(network), 96 + prefix, 'ipv6');
    list.addSubnet(`::${network}`, 96 + prefix, 'ipv6');
    list.addSubnet(sixToFour(network), 16 + prefix, 'ipv6');
  }
  for (const [network, prefix] of networks6) list.addSubnet(network, prefix, 'ipv6');
  return list;
}

/** RFC 3056: `169.254.1.2` is `2002:a9fe:102::`. */
function sixToFour(network: string): string {
  const [first = 0, second = 0, third = 0, fourth = 0] = network.split('.').map(Number);
  return `2002:${(first * 256 + second).toString(16)}:${(third * 256 + fourth).toString(16)}::`;
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether an address is a metadata service of a cloud. False for a name. */
export function isMetadataAddress(address: string): boolean {
  return isIn(metadata, address);
}

/** Whether an address is link-local (RFC 3927, RFC 4291). False for a name. */
export function isLinkLocalAddress(address: string): boolean {
  return isIn(linkLocal, address);
}

/** Whether an address is this machine. False for a name. */
export function isOwnAddress(address: string): boolean {
  return isIn(thisMachine, address);
}

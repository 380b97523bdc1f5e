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
  // Also IPv4 addresses in the oldest way of writing them as IPv6 ones (`::10.0.0.1`), which no other address uses.
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
const nat64Prefixes = (network: string) => `64:ff9b::${network}`;

const blocked = new BlockList();
for (const [network, prefix] of networks4) {
  blocked.addSubnet(network, prefix, 'ipv4');
  blocked.addSubnet(nat64Prefixes(network), 96 + prefix, 'ipv6');
}
for (const [network, prefix] of networks6) blocked.addSubnet(network, prefix, 'ipv6');

/**
 * Whether an address means another machine to everyone who asks, or is within the network of the run. False for a name. IPv4
 * addresses that are written as IPv6 ones (`::ffff:10.0.0.1`) are looked at as what they are by `BlockList`.
 */
export function isPrivateAddress(address: string): boolean {
  return isIn(blocked, address);
}

/** Where a cloud tells a machine its own secrets: not all of them are link-local, and Azure's wire server even is public. */
const metadataServices = [
  // Amazon, Azure, Google, Oracle and others; Amazon's for containers (169.254.170.2, .23) and for clocks and names.
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

/** Holds IPv4 networks also as what reaches them from IPv6: NAT64, 6to4, and the oldest way of writing them. */
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

/** Whether an address is that of a service which tells a machine in a cloud its secrets. False for a name. */
export function isMetadataAddress(address: string): boolean {
  return isIn(metadata, address);
}

/** Whether an address is good on one cable only (RFC 3927, RFC 4291). False for a name. */
export function isLinkLocalAddress(address: string): boolean {
  return isIn(linkLocal, address);
}

/** Whether an address leads to the machine that asks. False for a name. */
export function isOwnAddress(address: string): boolean {
  return isIn(thisMachine, address);
}

import { BlockList, isIP } from 'node:net';
import { ChartImagesError } from '../errors.ts';
import { redactServerText, redactUrl } from '../http/redact.ts';
import { isLoopback } from './address.ts';
import type { Challenge } from './challenge.ts';

/** How a registry wants to be asked. */
export type Scheme =
  | { readonly kind: 'open' }
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: URL; readonly service: string | undefined };

/** Chooses among a registry's challenges: tokens before passwords. Throws `registry-answer` when none can be met. */
export function schemeOf(challenges: readonly Challenge[], registry: URL): Scheme {
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer) {
    const { realm, service } = bearer.parameters;
    return { kind: 'bearer', realm: trustedRealm(realm ?? '', registry), service };
  }
  if (challenges.some(({ scheme }) => scheme === 'basic')) return { kind: 'basic' };
  const offered = challenges.map(({ scheme }) => scheme).join(', ') || 'nothing';
  throw new ChartImagesError(
    'registry-answer',
    `${registry.host} wants authentication and offers ${redactServerText(offered)}; only bearer tokens and basic are known.`,
    { advice: 'Check that this is a container registry.' },
  );
}

/** Addresses that mean another machine to everyone who asks: loopback, private and link-local (cloud metadata) ranges. */
const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['0.0.0.0', 8],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv6');
}

/**
 * The token server that a registry names, if it may be sent credentials: over HTTPS, or over HTTP when the registry
 * itself is; and at a private address only when that is the registry's own host. A registry must not be able to make
 * the runner ask its metadata service (the rule of go-containerregistry's transport/bearer.go).
 */
function trustedRealm(realm: string, registry: URL): URL {
  const wrong = (why: string) =>
    new ChartImagesError('registry-answer', `${registry.host} names the token server ${redactUrl(realm)}, ${why}.`, {
      advice: 'Nothing was sent there; ask the operator of the registry.',
    });
  if (!URL.canParse(realm)) throw wrong('which is no URL');
  const url = new URL(realm);
  if (url.protocol !== 'https:' && url.protocol !== registry.protocol) throw wrong('which is not encrypted');
  const sameMachine = url.hostname === registry.hostname || (isLoopback(url.hostname) && isLoopback(registry.hostname));
  if (isPrivate(url.hostname) && !sameMachine) throw wrong('which is a private address of another machine');
  return url;
}

function isPrivate(hostname: string): boolean {
  if (hostname === 'localhost') return true;
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  return family !== 0 && privateAddresses.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

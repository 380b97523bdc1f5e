import { ChartImagesError } from '../errors.ts';
import { isPrivateAddress } from '../http/private-networks.ts';
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
  return hostname === 'localhost' || isPrivateAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
}

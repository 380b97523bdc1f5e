import { ChartImagesError } from '../../core/errors.ts';
import { isPrivateAddress } from '../../core/http/private-networks.ts';
import { redactUrl } from '../../core/http/redact.ts';
import { cloudOfRegistry } from '../credentials/azure-cloud.ts';
import type { Credential } from '../credentials/credential.ts';
import { isLoopback } from './endpoint-urls.ts';

/*
 * A registry names its token server itself (distribution, spec/auth/token). Passwords are for one registry and sent to
 * any of its realms, as docker and containerd do. Credentials for several registries stay on its host (Azure/acr,
 * AAD-OAuth.md).
 */

/** Throws `registry-answer` if the realm is not allowed. */
export function resolveRealm(realm: string, registry: URL): URL {
  const refused = (reason: string) => realmError(realm, registry, reason);
  if (!URL.canParse(realm)) throw refused('it is not a URL');
  const url = new URL(realm);
  if (url.protocol !== 'https:' && url.protocol !== registry.protocol) throw refused('it is not encrypted');
  if (url.username !== '' || url.password !== '') throw refused('it contains a user name');
  const sameMachine = url.hostname === registry.hostname || (isLoopback(url.hostname) && isLoopback(registry.hostname));
  if (isPrivate(url.hostname) && !sameMachine) throw refused('it is a private address of another machine');
  if (cloudOfRegistry(registry.hostname) !== undefined && url.origin !== registry.origin) throw refused(onOtherHost);
  return url;
}

const onOtherHost = 'it is not on the host of the registry';

/** Throws if the credential is valid for more than one registry, and the realm is on another host. */
export function checkRealm({ kind }: Credential, realm: URL, registry: URL): void {
  if (kind === 'azure-access-token' && realm.hostname !== registry.hostname)
    throw realmError(realm.href, registry, onOtherHost);
}

function realmError(realm: string, registry: URL, reason: string): ChartImagesError {
  const message = `Cannot use the token server ${redactUrl(realm)} of ${registry.host}: ${reason}.`;
  return new ChartImagesError('registry-answer', message, {
    advice: 'Ask the operator of the registry. No request was sent to the token server.',
  });
}

function isPrivate(hostname: string): boolean {
  return hostname === 'localhost' || isPrivateAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
}

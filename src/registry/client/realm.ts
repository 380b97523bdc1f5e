import { ChartImagesError } from '../../core/errors.ts';
import { isPrivateAddress } from '../../core/http/private-networks.ts';
import { redactUrl } from '../../core/http/redact.ts';
import { cloudOfRegistry } from '../credentials/azure-cloud.ts';
import type { Credential } from '../credentials/credential.ts';
import { isLoopback } from './endpoint-urls.ts';

/*
 * Which credential may go to which realm. A registry names its token server itself (distribution, spec/auth/token), and
 * Docker Hub's (auth.docker.io), GitLab's and others' legitimately are on hosts of their own.
 *
 * - A user name with password, or an identity token from a docker login, is for this one registry, and goes wherever it says.
 *   Binding it to a domain gains nothing: a registry that wants the password asks for Basic, or names a realm of its own. docker,
 *   containerd, oras-go and go-containerregistry do the same (its pull request 2261, which would bind it, is open).
 * - What is good at more than this registry goes only to the registry's own host: a token of Microsoft Entra ID (good at each
 *   registry that knows the identity), what was exchanged for it, and anything for a registry of Azure's, where the password may be
 *   that of an application. Their realm is always `https://<registry>/oauth2/token` (Azure/acr, docs/AAD-OAuth.md).
 * - No realm may be in plain text where the registry is encrypted, hold a user name, or be at a private address of another machine
 *   (go-containerregistry, transport/bearer.go, since its pull request 2243). What its name leads to is checked when the connection
 *   is made (`http/reach.ts`), in its redirects too; and those get no credential on another origin (`http/redirect.ts`).
 * - A token that is ready for the registry (docker's `registrytoken`) goes to no realm at all.
 */

/** The token server that a registry names, where it may be asked at all. Throws `registry-answer` otherwise. */
export function resolveRealm(realm: string, registry: URL): URL {
  const wrong = (why: string) => wrongRealm(realm, registry, why);
  if (!URL.canParse(realm)) throw wrong('which is no URL');
  const url = new URL(realm);
  if (url.protocol !== 'https:' && url.protocol !== registry.protocol) throw wrong('which is not encrypted');
  if (url.username !== '' || url.password !== '') throw wrong('which has a user name in it');
  const sameMachine = url.hostname === registry.hostname || (isLoopback(url.hostname) && isLoopback(registry.hostname));
  if (isPrivate(url.hostname) && !sameMachine) throw wrong('which is a private address of another machine');
  if (cloudOfRegistry(registry.hostname) !== undefined && url.origin !== registry.origin) throw wrong(notItsOwn);
  return url;
}

const notItsOwn = 'which is not on its own host';

/** Throws where a credential is good at more than one registry, and would leave the host of this one. */
export function checkRealm({ kind }: Credential, realm: URL, registry: URL): void {
  if (kind === 'azure-access-token' && realm.hostname !== registry.hostname)
    throw wrongRealm(realm.href, registry, notItsOwn);
}

function wrongRealm(realm: string, registry: URL, why: string): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `${registry.host} names the token server ${redactUrl(realm)}, ${why}.`,
    {
      advice: 'Nothing was sent there; ask the operator of the registry.',
    },
  );
}

function isPrivate(hostname: string): boolean {
  return hostname === 'localhost' || isPrivateAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
}

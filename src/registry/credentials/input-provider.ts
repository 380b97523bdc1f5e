import { type Credential, noCredential } from './credential.ts';
import { hostFromKey } from './docker-config.ts';
import { type CredentialProvider, describeCredential, type LookupResult, notFound } from './docker-config-provider.ts';

/** A line of `registry-credentials`: who the run is to a registry, or that it is accessed anonymously whatever is found elsewhere. */
export type InputCredential = { readonly host: string } & (
  | { readonly username: string; readonly password: string }
  | { readonly username: 'none'; readonly password?: undefined }
);

export function inputProvider(logins: readonly InputCredential[]): CredentialProvider {
  const findings = new Map(logins.map((login) => [hostFromKey(login.host), findingOf(login)]));
  const look = async (host: string): Promise<LookupResult> =>
    findings.get(host) ?? notFound('no line for this registry');
  return { name: 'registry-credentials', look };
}

function findingOf(login: InputCredential): LookupResult {
  if (login.password === undefined) return { credential: noCredential, words: 'none, by its line', ends: 'search' };
  const credential: Credential = { kind: 'basic', username: login.username, password: login.password };
  return { credential, words: describeCredential(credential) };
}
